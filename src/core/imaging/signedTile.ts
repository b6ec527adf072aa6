import { channelCount, rgbOrder } from './preprocess';
import type { Preprocessing } from './preprocessing';

/**
 * A signed picture in RGB (or grey) pixel units: `value / 32767 * limit`. Layout `[height, width, channels]`.
 */
export interface SignedTile {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly values: Int16Array;
  /** The largest |value|; 0 for an empty tile. */
  readonly limit: number;
  /** The 99.5 % quantile of |value| over the non-zero pixels: the default display scale. */
  readonly quantile: number;
}

/** `value / FULL_SCALE * limit` are the pixel units of a tile's value. */
export const FULL_SCALE = 32767;

const QUANTILE = 0.995;

/**
 * A projection in network input space, `[C, height, width]`, as a signed picture: each channel times std / scale
 * (the linear part of undoing `preprocess`), channels in the order red, green, blue. Quantised to 16 bit, so a
 * value is off by at most limit / 65534. Values that are not finite count as 0.
 */
export function signedTile(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  preprocessing: Preprocessing,
): SignedTile {
  const channels = channelCount(preprocessing);
  const order = rgbOrder(preprocessing);
  const plane = height * width;
  const pixels = new Float32Array(plane * channels);
  let limit = 0;
  for (let c = 0; c < channels; c++) {
    const factor = (preprocessing.std[c] ?? 1) / preprocessing.scale;
    const place = channels === 1 ? 0 : order[c as 0 | 1 | 2];
    for (let i = 0; i < plane; i++) {
      const value = values[c * plane + i]! * factor;
      const magnitude = Math.abs(value);
      if (!(magnitude < Infinity)) continue;
      pixels[i * channels + place] = value;
      if (magnitude > limit) limit = magnitude;
    }
  }
  const quantised = new Int16Array(pixels.length);
  const toFullScale = limit === 0 ? 0 : FULL_SCALE / limit;
  for (let i = 0; i < pixels.length; i++) quantised[i] = Math.round(pixels[i]! * toFullScale);
  const quantile = (quantileOfMagnitude(quantised, channels, QUANTILE) / FULL_SCALE) * limit;
  return { height, width, channels, values: quantised, limit, quantile };
}

/**
 * The q-quantile of |value| over all channels of the pixels that are not entirely zero, interpolated linearly
 * between neighbours in rank; 0 where every pixel is zero. Counting instead of sorting: a tile has at most 32768
 * different magnitudes and may have hundreds of thousands of values.
 */
export function quantileOfMagnitude(values: Int16Array, channels: 1 | 3, q: number): number {
  const counts = new Uint32Array(FULL_SCALE + 2);
  let total = 0;
  for (let i = 0; i < values.length; i += channels) {
    if (isZero(values, i, channels)) continue;
    for (let c = 0; c < channels; c++) counts[Math.abs(values[i + c]!)]!++;
    total += channels;
  }
  if (total === 0) return 0;
  const rank = q * (total - 1);
  const lower = magnitudeAt(counts, Math.floor(rank));
  const upper = magnitudeAt(counts, Math.ceil(rank));
  return lower + (upper - lower) * (rank - Math.floor(rank));
}

function isZero(values: Int16Array, at: number, channels: number): boolean {
  for (let c = 0; c < channels; c++) if (values[at + c] !== 0) return false;
  return true;
}

/** The magnitude with this rank, counted from 0. */
function magnitudeAt(counts: Uint32Array, rank: number): number {
  let below = 0;
  for (let magnitude = 0; magnitude < counts.length; magnitude++) {
    below += counts[magnitude]!;
    if (below > rank) return magnitude;
  }
  return FULL_SCALE;
}
