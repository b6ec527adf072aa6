import { setImmediate } from 'node:timers/promises';
import { everySoOften } from './everySoOften';
import { isFolder, type IndexedImage } from './indexFile';
import type { ScanResult } from '../../protocol/topActivations';
import type { ListedImage, UnreadFolder } from './listImages';

/** An image, or a folder that cannot be read, with the reason. */
export type Listed = ListedImage & Partial<UnreadFolder>;

export type Differences = Pick<ScanResult, 'added' | 'changed' | 'gone'>;

/** What a scan has to do to bring an index up to date with a folder. */
export interface ScanPlan {
  /** All images of the folder and what of it cannot be read, sorted by path; their places here are the numbers of the findings. */
  readonly listed: readonly Listed[];
  /** Numbers of the folders among them, which have nothing to run. */
  readonly unread: readonly number[];
  /** Numbers of those that have to be run. */
  readonly pending: readonly number[];
  /** By number, what the index has of them already. */
  readonly known: ReadonlyMap<number, IndexedImage>;
  /** Those of `known` whose files were written anew without changing. */
  readonly touched: readonly Pick<IndexedImage, 'id' | 'bytes' | 'modified'>[];
  /** Ids of images that are gone or have changed. */
  readonly removed: readonly number[];
  /** How the folder differs from the index. */
  readonly differences: Differences;
}

/**
 * Compares an index with a folder. A file of the same size and time counts as unchanged; of others the content decides. Yields
 * now and then how many images are compared.
 */
export async function* planScan(
  listed: readonly Listed[],
  indexed: readonly IndexedImage[],
  hashOf: (image: ListedImage) => Promise<string | null>,
): AsyncGenerator<number, ScanPlan> {
  const isTime = everySoOften();
  let [added, changed] = [0, 0];
  const byPath = new Map(indexed.map((image) => [image.path, image]));
  const known = new Map<number, IndexedImage>();
  const touched: Pick<IndexedImage, 'id' | 'bytes' | 'modified'>[] = [];
  const unread: number[] = [];
  const pending: number[] = [];
  for (const [number, image] of listed.entries()) {
    if (isTime()) {
      yield number;
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
    }
    if (image.problem !== undefined) {
      unread.push(number);
      continue;
    }
    const before = byPath.get(image.path);
    const hash = before?.hash ?? null;
    const same = hash !== null && before?.bytes === image.bytes && before.modified === image.modified;
    const sameContent = same || (hash !== null && hash === (await hashOf(image)));
    if (!before || !sameContent) {
      pending.push(number);
      if (!before) added++;
      else if (before.hash !== null) changed++;
      continue;
    }
    byPath.delete(image.path);
    known.set(number, before);
    if (!same) touched.push({ id: before.id, bytes: image.bytes, modified: image.modified });
  }
  const removed = [...byPath.values()].map(({ id }) => id);
  const images = [...byPath.keys()].filter((path) => !isFolder(path));
  const gone = images.length - (pending.length - added);
  return { listed, unread, pending, known, touched, removed, differences: { added, changed, gone } };
}
