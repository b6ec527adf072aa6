import type { Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { noImagesIn, notAFolder } from '../../core/experiments/topActivations/errors';
import { imageExtensions } from '../../core/imaging/imageExtensions';
import { everySoOften } from './everySoOften';

/** An image file of a data set as it was when the folder was listed. */
export interface ListedImage {
  /** Relative to the folder, with slashes on every system. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

const pattern = new RegExp(`\\.(${imageExtensions.join('|')})$`, 'i');

/** Whether a file is called like an image. */
export function isImageName(name: string): boolean {
  return pattern.test(name);
}

/** Whether a path from elsewhere can be one that listing a folder gives: relative, down only, an image. */
export function isInFolder(image: string): boolean {
  const top = path.resolve('folder');
  const there = path.relative(top, path.resolve(top, image)).split(path.sep).join('/');
  return there === image && !image.startsWith('../') && isImageName(image);
}

/** Entries of a folder that are looked at together, which keeps the threads of the file system busy. */
const AT_ONCE = 256;

/** `findImages` to its end. */
export async function listImages(folder: string, signal: AbortSignal): Promise<readonly ListedImage[]> {
  const finding = findImages(folder, signal);
  for (;;) {
    const step = await finding.next();
    if (step.done) return step.value;
  }
}

/**
 * What is called like an image in a folder and the folders in it, sorted by path; yields now and then how many there are so far.
 * Links are followed; a folder that is reached twice is listed where it was reached first. Folders that cannot be read
 * are passed over; a file that cannot be is listed, so that who reads it says why. Throws a `UserError` where there is no
 * image.
 */
export async function* findImages(
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<number, readonly ListedImage[]> {
  const listed: ListedImage[] = [];
  const seen = new Set<string>();
  const folders = [''];
  const isTime = everySoOften();
  for (const at of folders) {
    signal.throwIfAborted();
    const real = await realpath(path.join(folder, at)).catch(() => undefined);
    if (real !== undefined && seen.has(real)) continue;
    const directory = real === undefined ? undefined : await opendir(real, { bufferSize: AT_ONCE }).catch(() => undefined); // prettier-ignore
    if (directory === undefined && at === '') throw notAFolder(folder);
    if (real === undefined || directory === undefined) continue;
    seen.add(real);
    const inside: string[] = [];
    for await (const entries of inPortions(directory)) {
      signal.throwIfAborted();
      for (const entry of await Promise.all(entries.map(({ name }) => lookAt(real, name)))) {
        if (!entry) continue;
        const relative = at === '' ? entry.name : `${at}/${entry.name}`;
        if (entry.image) listed.push({ path: relative, ...entry.image });
        else inside.push(relative);
      }
      if (isTime()) yield listed.length;
    }
    // In a fixed order: which of two links is followed first must not depend on the disk.
    for (const name of inside.sort()) folders.push(name);
  }
  if (listed.length === 0) throw noImagesIn(folder, imageExtensions);
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Entry {
  readonly name: string;
  /** `null` for a folder. */
  readonly image: Omit<ListedImage, 'path'> | null;
}

/** `undefined` for what is neither a folder nor called like an image. */
async function lookAt(folder: string, name: string): Promise<Entry | undefined> {
  const stats = await stat(path.join(folder, name)).catch(() => undefined);
  if (stats?.isDirectory()) return { name, image: null };
  if (!isImageName(name)) return undefined;
  return { name, image: { bytes: stats?.size ?? 0, modified: stats?.mtimeMs ?? 0 } };
}

/** The entries of a folder, those aside that are neither images nor may be folders. Ends early where it cannot be read on. */
async function* inPortions(directory: AsyncIterable<Dirent>): AsyncGenerator<readonly Dirent[]> {
  let [read, portion]: [number, Dirent[]] = [0, []];
  try {
    for await (const entry of directory) {
      if (!entry.isFile() || isImageName(entry.name)) portion.push(entry);
      if (++read % AT_ONCE !== 0) continue;
      yield portion;
      portion = [];
    }
  } catch {
    // What was read counts.
  }
  yield portion;
}
