import type { LayerFindings } from '../../core/experiments/topActivations/findings';

/** The ids of images that hold a place in some ranking: no more than there are places. */
export interface RankedIds {
  readonly idOf: (image: number) => number;
  /** Names the id of an image that may come into a ranking. */
  readonly set: (image: number, id: number) => void;
  /** Forgets those that are in no ranking. */
  readonly prune: (findings: readonly LayerFindings[]) => void;
}

export function createRankedIds(): RankedIds {
  let ids = new Map<number, number>();
  return {
    idOf: (image) => ids.get(image)!,
    set: (image, id) => void ids.set(image, id),
    prune: (findings) => {
      const kept = new Map<number, number>();
      for (const { ranking } of findings) {
        const { maps, places, taken, images } = ranking;
        for (let map = 0; map < maps; map++) {
          for (const image of images.subarray(map * places, map * places + taken[map]!)) {
            kept.set(image, ids.get(image)!);
          }
        }
      }
      ids = kept;
    },
  };
}
