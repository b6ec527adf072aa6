import { tooFewClasses } from '../../core/experiments/features/errors';
import { findImages, type ListedImage, type UnreadFolder } from '../topActivations/listImages';

/** The images of a data set, and the class that each is of. */
export interface ClassFolders {
  readonly listed: readonly ListedImage[];
  /** Folders that could not be read. */
  readonly unread: readonly UnreadFolder[];
  /** Names in order. */
  readonly names: readonly string[];
  /** By class, numbers of images. */
  readonly members: readonly (readonly number[])[];
}

/**
 * Yields now and then how many images there are so far. Takes every folder of a folder for a class, with all images below it. Images that lie in no folder are left out. Throws
 * a `UserError` where there are no two classes.
 */
export async function* listClasses(
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<number, ClassFolders> {
  const { images, unread } = yield* findImages(folder, signal);
  const listed = images.filter(({ path }) => path.includes('/'));
  const members = new Map<string, number[]>();
  listed.forEach(({ path }, image) => {
    const name = path.slice(0, path.indexOf('/'));
    const known = members.get(name);
    if (known) known.push(image);
    else members.set(name, [image]);
  });
  if (members.size < 2) throw tooFewClasses(folder);
  return { listed, unread, names: [...members.keys()], members: [...members.values()] };
}
