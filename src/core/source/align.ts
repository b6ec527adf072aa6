/** No network that people define has more pairs of layers and lines. */
const mostCells = 4_000_000;

/**
 * Pairs elements of two sequences without crossing, so that the sum of `score` is largest; pairs that score 0 or less are left out.
 * Gives pairs in order, for sequences of `rows` and `columns` elements; none where there are too many to weigh.
 */
export function align(
  rows: number,
  columns: number,
  score: (row: number, column: number) => number,
): [row: number, column: number][] {
  if (rows * columns > mostCells) return [];
  const width = columns + 1;
  // best[i * width + j]: what elements from i and from j on can reach.
  const best = new Float64Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const paired = score(i, j);
      const left = Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
      best[i * width + j] = paired > 0 ? Math.max(left, paired + best[(i + 1) * width + j + 1]!) : left;
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const here = best[i * width + j]!;
    const paired = score(i, j);
    if (paired > 0 && here === paired + best[(i + 1) * width + j + 1]!) pairs.push([i++, j++]);
    else if (here === best[(i + 1) * width + j]!) i++;
    else j++;
  }
  return pairs;
}
