import { randomUUID } from 'node:crypto';
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { notWritable, unreadableFile } from '../core/errors';
import { noParts } from '../core/formats/partChanges';
import { formatParts, parseParts, type PartsFile } from '../core/formats/parts';

/** Reads and changes annotations of pictures. */
export interface PartsFiles {
  /** What a file says once all changes are made; `null` where there is no such file. Throws a `UserError` where it holds no annotations. */
  readonly read: (file: string) => Promise<PartsFile | null>;
  /**
   * Changes what a file says now, whoever wrote it last, and answers with what it says then. A file that cannot be read as
   * annotations is left as it is.
   */
  readonly change: (file: string, next: (now: PartsFile) => PartsFile) => Promise<PartsFile>;
}

const mostBytes = 16 * 2 ** 20;

/** Changes of one file follow each other; each is written beside it and then takes its name, so no file is ever half. */
export function partsFiles(): PartsFiles {
  const changing = new Map<string, Promise<unknown>>();
  const change = async (file: string, next: (now: PartsFile) => PartsFile): Promise<PartsFile> => {
    const parts = next((await read(file)) ?? noParts);
    const text = formatParts(parts);
    // Too many pictures or parts are refused here, and not when the file is opened again.
    parseParts(text, path.basename(file));
    await replace(file, text);
    return parts;
  };
  return {
    read: async (file) => {
      await changing.get(file)?.catch(() => undefined);
      return read(file);
    },
    change: async (file, next) => {
      const before = changing.get(file) ?? Promise.resolve();
      const turn = before.catch(() => undefined).then(() => change(file, next));
      changing.set(file, turn);
      return turn.finally(() => changing.get(file) === turn && changing.delete(file));
    },
  };
}

async function read(file: string): Promise<PartsFile | null> {
  const stats = await lstat(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw unreadableFile(file, codeOf(error));
  });
  if (!stats) return null;
  if (!stats.isFile() || stats.size > mostBytes)
    throw unreadableFile(file, 'it is no regular file of a sensible size');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadableFile(file, codeOf(error));
  });
  return parseParts(text, path.basename(file));
}

async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw notWritable(file, codeOf(error));
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
