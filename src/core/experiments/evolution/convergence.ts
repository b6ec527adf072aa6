/** Pearson's correlation of two arrays of the same length; 0 where one of them is constant. */
export function correlation(a: Float32Array, b: Float32Array): number {
  const n = a.length;
  let [sumA, sumB] = [0, 0];
  for (let i = 0; i < n; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  const [meanA, meanB] = [sumA / n, sumB / n];
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return squareA === 0 || squareB === 0 ? 0 : product / Math.sqrt(squareA * squareB);
}

/** The mean correlation of filters with those of the same number in another model; `count` equal shares of the weights. */
export function meanFilterCorrelation(weights: Float32Array, others: Float32Array, count: number): number {
  const size = weights.length / count;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += correlation(weights.subarray(i * size, (i + 1) * size), others.subarray(i * size, (i + 1) * size));
  }
  return sum / count;
}

/** From which place on a curve stays at or above a level; `null` where it does not even end there. */
export function settledFrom(curve: readonly number[], level: number): number | null {
  let from = curve.length;
  while (from > 0 && curve[from - 1]! >= level) from--;
  return from === curve.length ? null : from;
}
