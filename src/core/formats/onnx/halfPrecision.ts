/** IEEE 754 binary16 to binary32: exact for normal and subnormal numbers, zeros, infinities and NaN. */
export function widenFloat16(halves: ArrayLike<number>): Float32Array {
  const table = float16Table();
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = table[(halves[i] ?? 0) & 0xffff] ?? 0;
  return new Float32Array(bits.buffer);
}

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: ArrayLike<number>): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (halves[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

let table: Uint32Array | undefined;

/** float32 bits of all 65536 float16 values; a look-up widens a model's weights in milliseconds. */
function float16Table(): Uint32Array {
  if (table === undefined) {
    table = new Uint32Array(0x10000);
    for (let half = 0; half < 0x10000; half++) table[half] = float32BitsOf(half);
  }
  return table;
}

function float32BitsOf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: shift the leading one out of the fraction, one exponent step for each place.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
