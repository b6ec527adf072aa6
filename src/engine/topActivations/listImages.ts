import { opendir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { noImagesIn, notAFolder } from '../../core/experiments/topActivations/errors';
import { imageExtensions } from '../../core/imaging/imageExtensions';

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

/**
 * The images in a folder and the folders in it, sorted by path. Links are followed; a folder that is reached twice is
 * listed where it was reached first. Folders and files that cannot be read are passed over. Throws a `UserError` where
 * there is no image.
 */
export async function listImages(folder: string, signal: AbortSignal): Promise<readonly ListedImage[]> {
  const listed: ListedImage[] = [];
  const seen = new Set<string>();
  const open = [''];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    signal.throwIfAborted();
    const real = await realpath(path.join(folder, at)).catch(() => undefined);
    const names = real === undefined || seen.has(real) ? undefined : await entries(real);
    if (names === undefined && at === '') throw notAFolder(folder);
    if (real === undefined || names === undefined) continue;
    seen.add(real);
    for (const name of names) {
      const relative = at === '' ? name : `${at}/${name}`;
      const stats = await stat(path.join(real, name)).catch(() => undefined);
      if (stats?.isDirectory()) open.push(relative);
      if (!stats?.isFile() || !isImageName(name)) continue;
      listed.push({ path: relative, bytes: stats.size, modified: stats.mtimeMs });
    }
  }
  if (listed.length === 0) throw noImagesIn(folder, imageExtensions);
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Names in a folder in a fixed order, so that which of two links is followed first does not depend on the disk. */
async function entries(folder: string): Promise<string[] | undefined> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) names.push(name);
  } catch {
    return undefined;
  }
  return names.sort();
}
