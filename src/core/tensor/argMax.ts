/**
 * Index, counted from `start`, of the largest of `length` values: the first one on ties, as switches and strongest units
 * are defined. NaN is never the largest, unless there is nothing else: then the answer is 0.
 */
export function argMax(values: Float32Array, start: number, length: number): number {
  let best = 0;
  for (let i = 1; i < length; i++) {
    const value = values[start + i]!;
    if (!(value <= values[start + best]!) && value === value) best = i;
  }
  return best;
}
