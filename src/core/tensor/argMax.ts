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

/** Positions of the `count` largest values, the largest first, and the first ones on ties. NaN is never among them. */
export function strongestPositions(values: Float32Array, count: number): number[] {
  const strongest: number[] = [];
  values.forEach((value, position) => {
    if (value !== value) return;
    if (strongest.length === count && value <= values[strongest[count - 1]!]!) return;
    let place = Math.min(strongest.length, count - 1);
    while (place > 0 && value > values[strongest[place - 1]!]!) place--;
    strongest.splice(place, 0, position);
    if (strongest.length > count) strongest.pop();
  });
  return strongest;
}
