import type { Dir, Dirent } from 'node:fs';
import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { folderUnread, noImagesIn, notAFolder } from '../../core/experiments/topActivations/errors';
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

/** A folder that was passed over, or what of it could not be read. */
export interface UnreadFolder {
  /** As that of an image, with a slash at its end. */
  readonly path: string;
  /** Why, as a sentence. */
  readonly problem: string;
}

/** What a folder holds, or a part of that. */
export interface Listing {
  readonly images: readonly ListedImage[];
  readonly unread: readonly UnreadFolder[];
}

/** `findImages` to its end. */
export async function listImages(folder: string, signal: AbortSignal): Promise<Listing> {
  const finding = findImages(folder, signal);
  for (;;) {
    const step = await finding.next();
    if (step.done) return step.value;
  }
}

/** `walkFolder` gathered and sorted; yields now and then how many images there are so far. */
export async function* findImages(folder: string, signal: AbortSignal): AsyncGenerator<number, Listing> {
  const images: ListedImage[] = [];
  const unread: UnreadFolder[] = [];
  const isTime = everySoOften();
  for await (const portion of walkFolder(folder, signal)) {
    images.push(...portion.images);
    unread.push(...portion.unread);
    if (isTime()) yield images.length;
  }
  return { images: images.sort(byPath), unread: unread.sort(byPath) };
}

/**
 * What is called like an image in a folder and the folders in it, in no order, a few hundred at a time.
 * Links are followed; a folder that is reached twice is listed where it was reached first. A folder that cannot be read
 * is named; a file that cannot be is listed, so that who reads it says why. Throws a `UserError` where there is no
 * image.
 */
export async function* walkFolder(folder: string, signal: AbortSignal): AsyncGenerator<Listing> {
  let count = 0;
  let firstProblem: string | undefined;
  const seen = new Set<string>();
  const folders = [''];
  for (const at of folders) {
    signal.throwIfAborted();
    const [images, unread, inside]: [ListedImage[], UnreadFolder[], string[]] = [[], [], []];
    const passOver = (error: unknown): undefined => void unread.push(unreadFolder(at, error));
    const directory = await openOnce(path.join(folder, at), seen).catch(passOver);
    if (directory === undefined && at === '') throw notAFolder(folder);
    for await (const entries of directory ? inPortions(directory, passOver) : []) {
      signal.throwIfAborted();
      for (const entry of await Promise.all(entries.map((dirent) => lookAt(directory!.path, dirent)))) {
        if (!entry) continue;
        const relative = at === '' ? entry.name : `${at}/${entry.name}`;
        if (entry.kind === 'image')
          images.push({ path: relative, bytes: entry.bytes, modified: entry.modified }); // prettier-ignore
        else if (entry.kind === 'folder') inside.push(relative);
        else unread.push(unreadFolder(relative, entry.error));
      }
      count += images.length;
      yield { images: images.splice(0), unread: [] };
    }
    firstProblem ??= unread[0]?.problem;
    if (unread.length > 0) yield { images: [], unread };
    // In a fixed order: which of two links is followed first must not depend on the disk.
    for (const name of inside.sort()) folders.push(name);
  }
  if (count === 0) throw noImagesIn(folder, imageExtensions, firstProblem);
}

/** By path, in the order of its UTF-16; indexes have that of its UTF-8. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}

/** Opens a folder, unless it was seen under this or another name. */
async function openOnce(folder: string, seen: Set<string>): Promise<Dir | undefined> {
  const real = await realpath(folder);
  if (seen.has(real)) return undefined;
  const directory = await opendir(real, { bufferSize: AT_ONCE });
  seen.add(real);
  return directory;
}

function unreadFolder(folder: string, error: unknown): UnreadFolder {
  const { code, message } = error as NodeJS.ErrnoException;
  return { path: `${folder}/`, problem: folderUnread(folder === '' ? '.' : folder, code ?? message) };
}

type Entry =
  | ({ readonly kind: 'image'; readonly name: string } & Omit<ListedImage, 'path'>)
  | { readonly kind: 'folder'; readonly name: string }
  | { readonly kind: 'unread'; readonly name: string; readonly error: unknown };

/** `undefined` for what is neither a folder nor called like an image. */
async function lookAt(folder: string, entry: Dirent): Promise<Entry | undefined> {
  const { name } = entry;
  try {
    const stats = await stat(path.join(folder, name));
    if (stats.isDirectory()) return { kind: 'folder', name };
    return isImageName(name)
      ? { kind: 'image', name, bytes: stats.size, modified: stats.mtimeMs }
      : undefined;
  } catch (error) {
    if (entry.isDirectory()) return { kind: 'unread', name, error };
    return isImageName(name) ? { kind: 'image', name, bytes: 0, modified: 0 } : undefined;
  }
}

/** The entries of a folder, those aside that are neither images nor may be folders. Ends early where it cannot be read on. */
async function* inPortions(
  directory: AsyncIterable<Dirent>,
  endsEarly: (error: unknown) => void,
): AsyncGenerator<readonly Dirent[]> {
  let [read, portion]: [number, Dirent[]] = [0, []];
  try {
    for await (const entry of directory) {
      if (!entry.isFile() || isImageName(entry.name)) portion.push(entry);
      if (++read % AT_ONCE !== 0) continue;
      yield portion;
      portion = [];
    }
  } catch (error) {
    endsEarly(error);
  }
  yield portion;
}
