/**
 * Bins of a histogram of activations. Bin 0 counts what is not positive; the others are half octaves: bin `b` holds
 * [2^((b - 33) / 2), 2^((b - 32) / 2)), the first and the last one also what lies beyond them. So activations of any
 * model fit without knowing their range before, and counts of parts of a data set add up to those of the whole.
 */
export const binCount = 64;

const firstOctave = -16;

/** The mantissa of the square root of two in float32. */
const halfOctave = 0x3504f4;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bin of an activation, by the bits of its float32: the same on every machine. NaN counts as not positive. */
export function binOf(value: number): number {
  float[0] = value;
  if (!(float[0] > 0)) return 0;
  const octave = (bits[0]! >>> 23) - 127;
  const upper = (bits[0]! & 0x7fffff) >= halfOctave ? 1 : 0;
  return Math.max(1, Math.min(binCount - 1, 1 + 2 * (octave - firstOctave) + upper));
}

/** The smallest activation of a bin: -Infinity, 0, and powers of the square root of two. */
export function lowerEdge(bin: number): number {
  if (bin === 0) return -Infinity;
  return bin === 1 ? 0 : 2 ** (firstOctave + (bin - 1) / 2);
}
