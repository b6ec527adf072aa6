import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileNotFound, notAnImage, type UserError } from '../core/errors';

/** Files up to this size are held while they are decoded, bytes: photographs are. Scans decode many at a time. */
const HELD_BYTES = 16 * 2 ** 20;

/** A regular file, read once for all that is done with it unless it is too large to be held. */
export interface ImageFile {
  readonly path: string;
  readonly size: number;
  /** All that is in it; `null` where it is read from its place each time. */
  readonly held: Buffer | null;
}

/** Throws a `UserError` where there is no regular file or it cannot be read. */
export async function openImageFile(path: string): Promise<ImageFile> {
  // Before opening: a named pipe would wait for its other end.
  const stats = await stat(path).catch(() => undefined);
  if (!stats) throw fileNotFound(path);
  if (!stats.isFile()) throw notAnImage(path, 'it is no regular file');
  if (stats.size > HELD_BYTES) return { path, size: stats.size, held: null };
  const held = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  return { path, size: held.length, held };
}

/** The first bytes of a file, fewer where it is shorter. */
export async function readHead({ path, held }: ImageFile, length: number): Promise<Buffer> {
  if (held) return held.subarray(0, length);
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** SHA-256 of what is in a file, hexadecimal. Throws a `UserError` where it can be read no longer. */
export async function digestOf({ path, held }: ImageFile): Promise<string> {
  const hash = createHash('sha256');
  if (held) return hash.update(held).digest('hex');
  await pipeline(createReadStream(path), hash).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  return hash.digest('hex');
}

/** SHA-256 of a regular file, hexadecimal; `null` where it cannot be read. */
export async function hashOf(path: string): Promise<string | null> {
  try {
    return await digestOf(await openImageFile(path));
  } catch {
    return null;
  }
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): UserError {
  return notAnImage(path, code ?? message);
}
