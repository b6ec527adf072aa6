/** Size of a picture, pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Red, green and blue of each pixel, 8 bit, row-major. */
export interface RgbPicture extends Size {
  readonly rgb: Uint8Array;
}

/** A part of the enlarged picture. */
export interface Crop extends Size {
  readonly top: number;
  readonly left: number;
}

/** Source pixels that a pixel of the result is made of along one axis, and their weights in fixed point. */
interface Taps {
  /** The first of the `TAPS` neighbours; the last may lie beyond the picture, where their weights are 0. */
  readonly first: Int32Array;
  /** `TAPS` for each pixel of the result. */
  readonly weights: Int32Array;
}

/** Half the support of the cubic kernel. */
const RADIUS = 2;
const TAPS = 2 * RADIUS;

/** Bits behind the binary point: 8 for the pixel and 2 for what the kernel overshoots leave these of 32. */
const FRACTION_BITS = 22;
const HALF = 1 << (FRACTION_BITS - 1);

/**
 * A part of a picture enlarged to `size`, as `[height, width]` pixels of red, green, blue and an opaque alpha, 8 bit.
 * Bicubic (Keys 1981, a = -0.5), first along the rows and then along the columns, each rounded to 8 bit: the very values
 * of Pillow's `resize(..., BICUBIC)`. libvips, which reduces as Pillow does, places enlarged pixels half a pixel off.
 * Throws a `RangeError` where `size` is smaller than the picture.
 */
export function enlarge({ height, width, rgb }: RgbPicture, size: Size, crop: Crop): Uint8Array {
  if (size.height < height || size.width < width) {
    throw new RangeError(`${size.height}×${size.width} does not enlarge ${height}×${width}`);
  }
  const across = tapsOf(width, size.width, crop.left, crop.width);
  const down = tapsOf(height, size.height, crop.top, crop.height);
  const top = down.first[0]!;
  const bottom = Math.min(height, down.first[crop.height - 1]! + TAPS);
  const rows = enlargeRows(rgb.subarray(3 * width * top, 3 * width * bottom), width, across);
  return enlargeColumns(rows, crop.width, { ...down, first: down.first.map((row) => row - top) });
}

function tapsOf(from: number, to: number, start: number, length: number): Taps {
  const first = new Int32Array(length);
  const weights = new Int32Array(length * TAPS);
  const values = new Float64Array(TAPS);
  for (let i = 0; i < length; i++) {
    const centre = ((start + i + 0.5) * from) / to;
    const begin = Math.max(0, Math.trunc(centre - RADIUS + 0.5));
    const end = Math.min(from, Math.trunc(centre + RADIUS + 0.5));
    first[i] = begin;
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) {
      values[tap] = begin + tap < end ? cubic(begin + tap + 0.5 - centre) : 0;
      sum += values[tap]!;
    }
    for (let tap = 0; tap < TAPS; tap++) {
      const value = (values[tap]! / sum) * 2 ** FRACTION_BITS;
      weights[i * TAPS + tap] = Math.trunc(value + 0.5 * Math.sign(value));
    }
  }
  return { first, weights };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < RADIUS) return -0.5 * (((x - 5) * x + 8) * x - 4);
  return 0;
}

/** Behind what it returns is room for the rows that the last taps of `enlargeColumns` reach. */
function enlargeRows(rgb: Uint8Array, width: number, { first, weights }: Taps): Uint8ClampedArray {
  const height = rgb.length / (3 * width);
  const from = new Uint8Array(rgb.length + 3 * TAPS);
  from.set(rgb);
  const out = new Uint8ClampedArray(3 * (height + TAPS) * first.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0, tap = 0; x < first.length; x++, tap += TAPS, at += 3) {
      const [a, b, c, d] = [weights[tap]!, weights[tap + 1]!, weights[tap + 2]!, weights[tap + 3]!];
      const i = 3 * (y * width + first[x]!);
      out[at] = weigh(from[i]!, from[i + 3]!, from[i + 6]!, from[i + 9]!, a, b, c, d);
      out[at + 1] = weigh(from[i + 1]!, from[i + 4]!, from[i + 7]!, from[i + 10]!, a, b, c, d);
      out[at + 2] = weigh(from[i + 2]!, from[i + 5]!, from[i + 8]!, from[i + 11]!, a, b, c, d);
    }
  }
  return out;
}

function enlargeColumns(from: Uint8ClampedArray, width: number, { first, weights }: Taps): Uint8Array {
  const row = 3 * width;
  const rgba = new Uint8ClampedArray(4 * first.length * width).fill(255);
  for (let y = 0, at = 0, tap = 0; y < first.length; y++, tap += TAPS) {
    const [a, b, c, d] = [weights[tap]!, weights[tap + 1]!, weights[tap + 2]!, weights[tap + 3]!];
    for (let i = row * first[y]!, end = i + row; i < end; i += 3, at += 4) {
      const [j, k, l] = [i + row, i + 2 * row, i + 3 * row];
      rgba[at] = weigh(from[i]!, from[j]!, from[k]!, from[l]!, a, b, c, d);
      rgba[at + 1] = weigh(from[i + 1]!, from[j + 1]!, from[k + 1]!, from[l + 1]!, a, b, c, d);
      rgba[at + 2] = weigh(from[i + 2]!, from[j + 2]!, from[k + 2]!, from[l + 2]!, a, b, c, d);
    }
  }
  return new Uint8Array(rgba.buffer);
}

/** Four pixels and the weight of each, rounded; storing it clamps it to 8 bit. */
function weigh(
  p: number,
  q: number,
  r: number,
  s: number,
  a: number,
  b: number,
  c: number,
  d: number,
): number {
  return (HALF + Math.imul(p, a) + Math.imul(q, b) + Math.imul(r, c) + Math.imul(s, d)) >> FRACTION_BITS;
}
