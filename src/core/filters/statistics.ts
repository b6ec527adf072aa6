import { duplicateFilters, type DuplicateFilters } from './duplicates';
import type { LayerFilters } from './layerFilters';
import type { Preprocessing } from '../imaging/preprocessing';

/** What the weights of a layer say about its filters. */
export interface FilterStatistics {
  /** Root mean square of each filter's weights; of filters over the image in the paper's units, see `inPaperUnits`. */
  readonly rms: Float32Array;
  /** Of the filters that are not all zero. */
  readonly medianRms: number;
  /** Filters without an effect: their RMS is below a thousandth of the median. In ascending order. */
  readonly dead: readonly number[];
  /** Filters that outweigh their peers, strongest first; none in depthwise layers, whose filters have no peers. */
  readonly dominating: readonly number[];
  /** Filters that are nearly the same; `null` where there are too many to compare, or they have no peers. */
  readonly duplicates: readonly DuplicateFilters[] | null;
}

/** The radius to which the paper renormalises filters over pixels in [-128, 128] (Zeiler & Fergus 2013, section 3). */
export const PAPER_RADIUS = 0.1;

/**
 * How many times the median RMS a filter must have, beside more than the paper's radius, to dominate. In the first
 * layers of sixteen trained networks no filter above the radius exceeds 2.1 times the median; behind batch norm, deeper
 * layers of MobileNetV2 reach 9.4 times.
 */
const DOMINATES = { image: 4, maps: 10, vector: 10 } as const;

const DEAD_BELOW = 1e-3;

/** Measures the filters of a layer. */
export function filterStatistics(filters: LayerFilters, preprocessing: Preprocessing): FilterStatistics {
  const measured = filters.over === 'image' ? inPaperUnits(filters, preprocessing) : filters;
  const rms = rootMeanSquares(measured);
  const medianRms = median(rms.filter((value) => value > 0));
  const alone = filters.dims[0] === filters.groups;
  const limit = Math.max(PAPER_RADIUS, DOMINATES[filters.over] * medianRms);
  const indices = Array.from(rms.keys());
  return {
    rms,
    medianRms,
    dead: indices.filter((filter) => rms[filter]! <= DEAD_BELOW * medianRms),
    dominating: alone
      ? []
      : indices.filter((filter) => rms[filter]! > limit).sort((a, b) => rms[b]! - rms[a]!),
    duplicates: alone ? null : duplicateFilters(measured),
  };
}

/**
 * Filters over the image as filters over its pixels less a mean, as the paper's are ("images are roughly in the
 * [-128, 128] range", section 3): what multiplies a channel of the model's input times scale / std.
 */
export function inPaperUnits(filters: LayerFilters, { scale, std }: Preprocessing): LayerFilters {
  const [, channels, height, width] = filters.dims;
  const weights = filters.weights.map((value, i) => {
    return (value * scale) / (std[Math.floor(i / (height * width)) % channels] ?? 1);
  });
  return { ...filters, weights };
}

function rootMeanSquares({ dims, weights }: LayerFilters): Float32Array {
  const size = weights.length / dims[0];
  return Float32Array.from({ length: dims[0] }, (_, filter) => {
    let sum = 0;
    for (let i = filter * size; i < (filter + 1) * size; i++) sum += weights[i]! ** 2;
    return Math.sqrt(sum / size);
  });
}

/** The lower middle of an even number of values, 0 of none. */
function median(values: Float32Array): number {
  return values.sort()[Math.floor((values.length - 1) / 2)] ?? 0;
}
