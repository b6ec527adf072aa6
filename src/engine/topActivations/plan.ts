import type { IndexedImage } from './indexFile';
import type { ListedImage } from './listImages';

/** What a scan has to do to bring an index up to date with a folder. */
export interface ScanPlan {
  /** All images of the folder, sorted by path; their places here are the numbers of the findings. */
  readonly listed: readonly ListedImage[];
  /** Numbers of those that have to be run. */
  readonly pending: readonly number[];
  /** By number, what the index has of them already. */
  readonly known: ReadonlyMap<number, IndexedImage>;
  /** Those of `known` whose files were written anew without changing. */
  readonly touched: readonly Pick<IndexedImage, 'id' | 'bytes' | 'modified'>[];
  /** Ids of images that are gone or have changed. */
  readonly removed: readonly number[];
}

/** Compares an index with a folder. A file of the same size and time counts as unchanged; of others the content decides. */
export async function planScan(
  listed: readonly ListedImage[],
  indexed: readonly IndexedImage[],
  hashOf: (image: ListedImage) => Promise<string | null>,
): Promise<ScanPlan> {
  const byPath = new Map(indexed.map((image) => [image.path, image]));
  const known = new Map<number, IndexedImage>();
  const touched: Pick<IndexedImage, 'id' | 'bytes' | 'modified'>[] = [];
  const pending: number[] = [];
  for (const [number, image] of listed.entries()) {
    const before = byPath.get(image.path);
    const hash = before?.hash ?? null;
    const same = hash !== null && before?.bytes === image.bytes && before.modified === image.modified;
    const sameContent = same || (hash !== null && hash === (await hashOf(image)));
    if (!before || !sameContent) {
      pending.push(number);
      continue;
    }
    byPath.delete(image.path);
    known.set(number, before);
    if (!same) touched.push({ id: before.id, bytes: image.bytes, modified: image.modified });
  }
  return { listed, pending, known, touched, removed: [...byPath.values()].map(({ id }) => id) };
}
