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
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `MOST_TAPS` for each pixel of the result. */
  readonly weights: Int32Array;
}

/** Half the support of the cubic kernel. */
const RADIUS = 2;
const MOST_TAPS = 2 * RADIUS + 1;

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
    throw new RangeError(`${size.height}x${size.width} does not enlarge ${height}x${width}`);
  }
  const across = tapsOf(width, size.width, crop.left, crop.width);
  const down = tapsOf(height, size.height, crop.top, crop.height);
  const top = down.first[0]!;
  const bottom = down.first[crop.height - 1]! + down.count[crop.height - 1]!;
  const rows = enlargeRows(rgb.subarray(3 * width * top, 3 * width * bottom), width, across);
  return enlargeColumns(rows, crop.width, { ...down, first: down.first.map((row) => row - top) });
}

function tapsOf(from: number, to: number, start: number, length: number): Taps {
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * MOST_TAPS);
  for (let i = 0; i < length; i++) {
    const centre = ((start + i + 0.5) * from) / to;
    const begin = Math.max(0, Math.trunc(centre - RADIUS + 0.5));
    const end = Math.min(from, Math.trunc(centre + RADIUS + 0.5));
    const values = Array.from({ length: end - begin }, (_, tap) => cubic(begin + tap + 0.5 - centre));
    const sum = values.reduce((total, value) => total + value, 0);
    first[i] = begin;
    count[i] = values.length;
    values.forEach((value, tap) => {
      weights[i * MOST_TAPS + tap] = Math.trunc((value / sum) * 2 ** FRACTION_BITS + 0.5 * Math.sign(value));
    });
  }
  return { first, count, weights };
}

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < RADIUS) return -0.5 * (((x - 5) * x + 8) * x - 4);
  return 0;
}

function enlargeRows(rgb: Uint8Array, width: number, { first, count, weights }: Taps): Uint8Array {
  const height = rgb.length / (3 * width);
  const out = new Uint8Array(3 * height * first.length);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < first.length; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let source = 3 * (y * width + first[x]!);
      const end = x * MOST_TAPS + count[x]!;
      for (let tap = x * MOST_TAPS; tap < end; tap++, source += 3) {
        const weight = weights[tap]!;
        red += Math.imul(rgb[source]!, weight);
        green += Math.imul(rgb[source + 1]!, weight);
        blue += Math.imul(rgb[source + 2]!, weight);
      }
      out[at++] = toByte(red);
      out[at++] = toByte(green);
      out[at++] = toByte(blue);
    }
  }
  return out;
}

function enlargeColumns(rgb: Uint8Array, width: number, { first, count, weights }: Taps): Uint8Array {
  const rgba = new Uint8Array(4 * first.length * width).fill(255);
  const stride = 3 * width;
  for (let y = 0; y < first.length; y++) {
    const end = y * MOST_TAPS + count[y]!;
    for (let x = 0; x < width; x++) {
      let [red, green, blue] = [HALF, HALF, HALF];
      let source = stride * first[y]! + 3 * x;
      for (let tap = y * MOST_TAPS; tap < end; tap++, source += stride) {
        const weight = weights[tap]!;
        red += Math.imul(rgb[source]!, weight);
        green += Math.imul(rgb[source + 1]!, weight);
        blue += Math.imul(rgb[source + 2]!, weight);
      }
      const at = 4 * (y * width + x);
      rgba[at] = toByte(red);
      rgba[at + 1] = toByte(green);
      rgba[at + 2] = toByte(blue);
    }
  }
  return rgba;
}

function toByte(sum: number): number {
  const value = sum >> FRACTION_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
