import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  externalDataEscapes,
  externalDataMissing,
  externalDataShort,
  fileNotFound,
  labelsUnreadable,
  modelFileTooLarge,
  unreadableFile,
  UserError,
} from '../core/errors';
import type { ShardFiles } from '../core/formats/tfjs/weights';
import { parseSidecar, sidecarPath, type Sidecar } from '../core/formats/sidecar';

/** The largest file a protobuf may be. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;
const MAX_SIDECAR_BYTES = 16 * 2 ** 20;
const MAX_LABELS_BYTES = 2 ** 20;

export async function readModelFile(file: string): Promise<Uint8Array> {
  const { size } = await statFile(file);
  if (size > MAX_MODEL_BYTES) throw modelFileTooLarge(path.basename(file), size);
  return readRegularFile(file);
}

/** The bytes of a file. Throws a `UserError` when there is no such regular file or it cannot be read. */
export async function readRegularFile(file: string): Promise<Uint8Array> {
  await statFile(file);
  return readFile(file).catch((error: unknown) => {
    throw unreadableFile(file, codeOf(error));
  });
}

/** Changes when the file changes. Throws a `UserError` when there is no such regular file. */
export async function fileStamp(file: string): Promise<string> {
  return stampOf(await statFile(file));
}

/** The stamp of a model and its sidecar. */
export async function modelStamp(file: string): Promise<string> {
  return `${await fileStamp(file)} ${await stampIfThere(sidecarPath(file))}`;
}

/** The stamp of the labels file that a sidecar names, by its path; empty outside of the folders around the model. */
export async function labelsStamp(model: string, name: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.dirname(model);
  const file = path.resolve(folder, name);
  return isInside(path.dirname(folder), file) ? new Map([[file, await stampIfThere(file)]]) : new Map();
}

/** Whether all files are what they were when they had these stamps. */
export async function areUnchanged(stamps: ReadonlyMap<string, string>): Promise<boolean> {
  const unchanged = await Promise.all(
    [...stamps].map(async ([file, stamp]) => (await stampIfThere(file)) === stamp),
  );
  return unchanged.every(Boolean);
}

async function stampIfThere(file: string): Promise<string> {
  return fileStamp(file).catch((error: unknown) => {
    if (error instanceof UserError) return noFile;
    throw error;
  });
}

/** The stamp of a file that is missing. */
const noFile = 'none';

function stampOf({ mtimeMs, size }: { readonly mtimeMs: number; readonly size: number }): string {
  return `${mtimeMs}:${size}`;
}

/** `null` where the model has none. */
export async function readSidecar(model: string): Promise<Sidecar | null> {
  const file = sidecarPath(model);
  const stats = await stat(file).catch(() => undefined);
  if (!stats) return null;
  if (!stats.isFile() || stats.size > MAX_SIDECAR_BYTES)
    throw unreadableFile(file, 'it is no text file of a sensible size');
  return parseSidecar(await readFile(file, 'utf8'), path.basename(file));
}

export interface FilesBeside extends ShardFiles {
  /** The files that were read or are missing, with their stamps before. */
  readonly stamps: ReadonlyMap<string, string>;
}

/**
 * The files in which a model keeps its weights beside it. A model is not trusted: they must be regular files inside the
 * model's own folder after all symbolic links are resolved, and are read only as far as asked. `onRead` sees every part.
 */
export function filesBeside(model: string, onRead: (bytes: Uint8Array) => void): FilesBeside {
  const stamps = new Map<string, string>();
  const folder = realpathSync(path.dirname(model));
  const note = (named: string, stamp: string) => {
    if (isInside(path.dirname(model), named) && !stamps.has(named)) stamps.set(named, stamp);
  };
  const find = (location: string, tensor: string): { file: string; size: number } => {
    const file = resolveExisting(path.resolve(folder, location));
    if (file !== undefined && !isInside(folder, file)) throw externalDataEscapes(location, tensor);
    // Before opening: a named pipe would wait for its other end.
    const stats = file === undefined ? undefined : statSync(file);
    const isThere = stats?.isFile() === true;
    note(path.resolve(path.dirname(model), location), isThere ? stampOf(stats) : noFile);
    if (file === undefined || !isThere) throw externalDataMissing(location, tensor);
    return { file, size: stats.size };
  };
  return {
    stamps,
    size: (location, tensor) => find(location, tensor).size,
    read: ({ location, offset, length, tensor }) => {
      const { file, size } = find(location, tensor);
      if (offset + length > size) throw externalDataShort(location, tensor);
      const bytes = readPart(file, offset, length);
      if (bytes === undefined) throw externalDataShort(location, tensor);
      onRead(bytes);
      return bytes;
    },
  };
}

/** `undefined` where the file ends before, because it was cut meanwhile. */
function readPart(file: string, offset: number, length: number): Uint8Array | undefined {
  const handle = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = readSync(handle, bytes, done, length - done, offset + done);
      if (count === 0) return undefined;
      done += count;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}

/**
 * The lines of a labels file. Its name comes from a sidecar, which is not trusted, but labels are often shared by
 * models in neighbouring folders: a relative name may reach into the folder that holds the model's folder, no
 * further after symbolic links are resolved, and only to a text file (`.txt`, at most 1 MB). Its lines are only
 * ever shown as text.
 */
export async function readLabels(model: string, name: string): Promise<readonly string[]> {
  if (path.isAbsolute(name) || path.extname(name).toLowerCase() !== '.txt') {
    throw labelsUnreadable(name, 'is not a relative name that ends with .txt');
  }
  const folder = await realpath(path.dirname(model));
  const file = await realpath(path.resolve(folder, name)).catch(() => undefined);
  if (file === undefined) throw labelsUnreadable(name, 'does not exist');
  if (!isInside(path.dirname(folder), file) || path.extname(file).toLowerCase() !== '.txt') {
    throw labelsUnreadable(name, 'lies outside the folders around the model');
  }
  const stats = await stat(file);
  if (!stats.isFile() || stats.size > MAX_LABELS_BYTES)
    throw labelsUnreadable(name, 'is no text file of at most 1 MB');
  const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  // ImageNet's own list puts the WordNet number before the words.
  return lines.map((line) => line.replace(/^n\d{8}\s+(?=\S)/, ''));
}

/** The definition of the model that a sidecar names: a file in the model's folder, else `null`. */
export async function findSource(model: string, name: string): Promise<string | null> {
  const folder = await realpath(path.dirname(model));
  const file = await realpath(path.resolve(folder, name)).catch(() => undefined);
  if (file === undefined || !isInside(folder, file)) return null;
  return (await stat(file)).isFile() ? file : null;
}

/** The file that a model's sidecar names as its definition; `null` where it names none that is there. */
export async function declaredSource(model: string): Promise<string | null> {
  const name = (await readSidecar(model))?.source ?? null;
  return name === null ? null : findSource(model, name);
}

async function statFile(file: string): Promise<{ size: number; mtimeMs: number }> {
  const stats = await stat(file).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) throw fileNotFound(file);
    throw unreadableFile(file, codeOf(error));
  });
  if (!stats.isFile()) throw unreadableFile(file, 'it is no regular file');
  return stats;
}

function resolveExisting(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith(`..${path.sep}`) &&
    !path.isAbsolute(relative)
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
