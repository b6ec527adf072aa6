import type { FileHandle } from 'node:fs/promises';
import { lstat, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { notWritable, UserError } from '../core/errors';
import { diskFull, notAPlainFile } from './errors';

/** The beginning of `file` that has arrived so far; the file itself appears complete or not at all. */
export function partPath(file: string): string {
  return `${file}.part`;
}

/**
 * How many bytes of a part are on disk. One that is longer than the file is not its beginning, and is removed. Throws a `UserError`
 * where something else has the part's name: a link in a workspace could lead anywhere.
 */
export async function partSize(part: string, most: number): Promise<number> {
  const stats = await lstat(part).catch(unlessMissing);
  if (!stats) return 0;
  if (!stats.isFile()) throw notAPlainFile(part);
  if (stats.size <= most) return stats.size;
  await rm(part);
  return 0;
}

/** Opens a part for writing behind its first `keep` bytes, and cuts it off there. */
export async function openPart(part: string, keep: number): Promise<FileHandle> {
  try {
    const handle = await open(part, keep > 0 ? 'r+' : 'w');
    await handle.truncate(keep);
    return handle;
  } catch (error) {
    throw unwritable(part, error);
  }
}

/** Writes all of a chunk. Throws a `UserError` where the disk takes no more. */
export async function writeAt(
  handle: FileHandle,
  { chunk, position, part }: { chunk: Uint8Array; position: number; part: string },
): Promise<void> {
  try {
    for (let done = 0; done < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
      done += bytesWritten;
    }
  } catch (error) {
    throw unwritable(part, error);
  }
}

/** Throws a `UserError` where a folder's disk has no room for so many bytes more. */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  // Some file systems do not tell; then writing will.
  const disk = await statfs(folder).catch(() => undefined);
  if (disk && disk.bavail * disk.bsize < bytes) throw diskFull(folder);
}

/** `undefined` for a file that does not exist; throws anything else. */
export function unlessMissing(error: unknown): undefined {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
}

/** As something the user can act on, where the system has given a reason. */
export function unwritable(file: string, error: unknown): unknown {
  if (error instanceof UserError) return error;
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path.dirname(file));
  return /^E[A-Z0-9]+$/.test(code) ? notWritable(file, code) : error;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
