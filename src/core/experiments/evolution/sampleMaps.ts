import { seededRandom } from '../../random';

/**
 * Feature maps to look at, in ascending order: "a randomly chosen subset" (Zeiler & Fergus 2013, figures 2 and 4), the same one for
 * the same seed.
 */
export function sampleMaps(maps: number, count: number, seed: number): number[] {
  const random = seededRandom(seed);
  const left = Array.from({ length: maps }, (_, map) => map);
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return chosen.sort((a, b) => a - b);
}
