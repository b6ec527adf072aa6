import type { Index } from './indexFile';
import type { ListedImage } from './listImages';

/** An image that has to be run. */
export interface WaitingImage extends ListedImage {
  /** In the order of the paths of all images of the folder. */
  readonly number: number;
}

/** The images that have to be run, in the order of their paths. */
export interface WaitingImages {
  readonly count: number;
  /** The next ones, as many as there are up to `most`. */
  readonly take: (most: number) => readonly WaitingImage[];
  /** One of them, taken or not; `undefined` where it is none. */
  readonly find: (path: string) => WaitingImage | undefined;
}

const waiting =
  'SELECT path, bytes, modified, number FROM listed.listing WHERE id IS NULL AND problem IS NULL';

/** Reads from the listing of an index what waits there, a part at a time. */
export function waitingImages({ database }: Index, count: number): WaitingImages {
  let last = '';
  return {
    count,
    take: (most) => {
      const taken = database.all(`${waiting} AND path > ? ORDER BY path LIMIT ?`, [last, most]);
      last = (taken.at(-1)?.path as string | undefined) ?? last;
      return taken as unknown as WaitingImage[];
    },
    find: (path) =>
      (database.get(`${waiting} AND path = ?`, path) as unknown as WaitingImage | null) ?? undefined,
  };
}

/** What was found for some images under the numbers that these have in the whole. */
export function renumber<Found extends Renumbered>(found: Found, images: readonly WaitingImage[]): Found {
  return {
    ...found,
    images: found.images.map((image) => images[image]!.number),
    passedOver: found.passedOver.map((image) => ({ ...image, number: images[image.number]!.number })),
  };
}

interface Renumbered {
  readonly images: readonly number[];
  readonly passedOver: readonly { readonly number: number }[];
}
