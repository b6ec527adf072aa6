/**
 * Signs of a vector with three values, packed: bit i of `positive` is set where value i is above zero, of `negative`
 * where it is below. Comparing 32 features at a time makes all pairs of images affordable at every layer.
 */
export interface PackedSigns {
  readonly length: number;
  readonly positive: Uint32Array;
  readonly negative: Uint32Array;
}

/**
 * sign(clean − masked) of two feature vectors, each `length` values from its own start. Differences of at most
 * `tolerance` count as zero: outside of what a mask reaches nothing changes, but sums may round differently.
 */
export function packSigns(
  clean: { readonly values: Float32Array; readonly start: number },
  masked: { readonly values: Float32Array; readonly start: number },
  { length, tolerance = 0 }: { readonly length: number; readonly tolerance?: number },
): PackedSigns {
  const words = Math.ceil(length / 32);
  const [positive, negative] = [new Uint32Array(words), new Uint32Array(words)];
  for (let i = 0; i < length; i++) {
    const difference = clean.values[clean.start + i]! - masked.values[masked.start + i]!;
    if (difference > tolerance) positive[i >>> 5]! |= 1 << (i & 31);
    else if (difference < -tolerance) negative[i >>> 5]! |= 1 << (i & 31);
  }
  return { length, positive, negative };
}

/** In how many of their features two sign vectors of the same length differ. */
export function hammingDistance(a: PackedSigns, b: PackedSigns): number {
  let different = 0;
  for (let word = 0; word < a.positive.length; word++) {
    different += countBits((a.positive[word]! ^ b.positive[word]!) | (a.negative[word]! ^ b.negative[word]!));
  }
  return different;
}

/** Set bits of a 32-bit word. */
function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
