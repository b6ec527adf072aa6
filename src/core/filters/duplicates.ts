import type { LayerFilters } from './layerFilters';

/** Filters whose weights point into nearly the same direction. */
export interface DuplicateFilters {
  /** The one that the others repeat first, in ascending order. */
  readonly filters: readonly number[];
  /** The lowest cosine similarity of one of them to the first. */
  readonly similarity: number;
}

/** Cosine similarity from which two filters count as the same. */
const SAME_FROM = 0.99;

/** Comparing all pairs of more filters takes seconds. */
const MOST_FILTERS = 2048;

/** In fewer dimensions many directions are alike. */
const FEWEST_WEIGHTS = 9;

/** After each such share of the weights a pair is given up whose rest cannot make it similar any more. */
const BLOCKS = 8;

/**
 * Groups of filters over the same input that are nearly the same up to a positive factor; `null` where there are too
 * many filters to compare or too few weights to tell. Every filter is in one group at most, that of the first filter
 * it repeats. Filters of zeros are no one's copy.
 */
export function duplicateFilters({ dims, weights, groups }: LayerFilters): DuplicateFilters[] | null {
  const [count, channels, height, width] = dims;
  const size = channels * height * width;
  if (count > MOST_FILTERS || size < FEWEST_WEIGHTS) return null;
  const units = unitVectors(weights, count, size);
  const rests = restNorms(units, count, size);
  const taken = new Uint8Array(count);
  const found: DuplicateFilters[] = [];
  for (let first = 0; first < count; first++) {
    if (taken[first] || rests[first * BLOCKS] === 0) continue;
    const group = Math.floor((first * groups) / count);
    const filters = [first];
    let lowest = 1;
    for (let other = first + 1; other < ((group + 1) * count) / groups; other++) {
      if (taken[other]) continue;
      const similarity = similarityOf({ units, rests, size }, first, other);
      if (similarity < SAME_FROM) continue;
      taken[other] = 1;
      filters.push(other);
      lowest = Math.min(lowest, similarity);
    }
    if (filters.length > 1) found.push({ filters, similarity: lowest });
  }
  return found;
}

interface Directions {
  /** Filters of norm 1, or of zeros. */
  readonly units: Float32Array;
  /** Norm of what is left of each filter from each block on, `[count, BLOCKS]`. */
  readonly rests: Float32Array;
  readonly size: number;
}

/** The cosine of two filters, or some number below `SAME_FROM` as soon as it cannot reach that (Cauchy-Schwarz). */
function similarityOf({ units, rests, size }: Directions, a: number, b: number): number {
  let sum = 0;
  for (let block = 0; block < BLOCKS; block++) {
    const reachable = sum + rests[a * BLOCKS + block]! * rests[b * BLOCKS + block]!;
    if (reachable < SAME_FROM) return reachable;
    const end = blockStart(block + 1, size);
    for (let i = blockStart(block, size); i < end; i++) sum += units[a * size + i]! * units[b * size + i]!;
  }
  return sum;
}

function blockStart(block: number, size: number): number {
  return Math.floor((block * size) / BLOCKS);
}

function unitVectors(weights: Float32Array, count: number, size: number): Float32Array {
  const units = weights.slice();
  for (let filter = 0; filter < count; filter++) {
    const unit = units.subarray(filter * size, (filter + 1) * size);
    const norm = Math.sqrt(unit.reduce((sum, value) => sum + value ** 2, 0));
    if (norm > 0) for (let i = 0; i < size; i++) unit[i]! /= norm;
  }
  return units;
}

function restNorms(units: Float32Array, count: number, size: number): Float32Array {
  const rests = new Float32Array(count * BLOCKS);
  for (let filter = 0; filter < count; filter++) {
    let sum = 0;
    for (let block = BLOCKS - 1; block >= 0; block--) {
      for (let i = blockStart(block, size); i < blockStart(block + 1, size); i++) {
        sum += units[filter * size + i]! ** 2;
      }
      rests[filter * BLOCKS + block] = Math.sqrt(sum);
    }
  }
  return rests;
}
