import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** Keeps what experiments have measured, also over a restart of the editor. */
export interface ResultMemory {
  readonly keep: (key: readonly string[], state: unknown) => Promise<void>;
  /** `null` where nothing usable is kept. */
  readonly recall: (key: readonly string[]) => Promise<unknown>;
}

/** A larger state is measured again sooner than it is worth its place. */
const mostBytes = 64 * 2 ** 20;

/** Files, the least recently written ones removed first. */
const mostStates = 30;

/**
 * Results as files in a folder of the extension's own. Writes of one key follow each other, so that a page that
 * goes away in the middle of one leaves a whole state behind.
 */
export function resultMemory(folder: string): ResultMemory {
  const fileOf = (key: readonly string[]) =>
    path.join(folder, `${createHash('sha256').update(JSON.stringify(key)).digest('hex')}.bin`);
  const writing = new Map<string, Promise<void>>();
  const write = async (file: string, bytes: Uint8Array) => {
    await mkdir(folder, { recursive: true });
    await writeFile(file, bytes);
    await removeOldest(folder);
  };
  return {
    keep: async (key, state) => {
      const file = fileOf(key);
      const bytes = serialize(state);
      if (bytes.length > mostBytes) return;
      const before = writing.get(file) ?? Promise.resolve();
      const turn = before.catch(() => undefined).then(() => write(file, bytes));
      writing.set(file, turn);
      await turn.finally(() => writing.get(file) === turn && writing.delete(file));
    },
    recall: async (key) => {
      const file = fileOf(key);
      await writing.get(file)?.catch(() => undefined);
      return read(file);
    },
  };
}

/** What cannot be read was never kept: there is nothing else to do about it than to measure again. */
async function read(file: string): Promise<unknown> {
  try {
    return deserialize(await readFile(file)) as unknown;
  } catch {
    return null;
  }
}

async function removeOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.bin'));
  if (names.length <= mostStates) return;
  const files = names.map((name) => path.join(folder, name));
  const ages = await Promise.all(files.map(async (file) => ({ file, time: (await stat(file)).mtimeMs })));
  ages.sort((a, b) => b.time - a.time);
  for (const { file } of ages.slice(mostStates)) await rm(file, { force: true });
}
