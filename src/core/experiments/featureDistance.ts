/**
 * Euclidean distance between two feature vectors, each `length` values from its own start in a batch
 * (Zeiler & Fergus 2013, figure 5). Summed in double precision.
 */
export function featureDistance(
  a: Float32Array,
  startA: number,
  b: Float32Array,
  startB: number,
  length: number,
): number {
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const difference = a[startA + i]! - b[startB + i]!;
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

/** Euclidean length of `length` values from `start`. */
export function featureNorm(values: Float32Array, start: number, length: number): number {
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
