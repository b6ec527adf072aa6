/** Feature vectors, `rows x columns`. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** How features are brought to one scale. */
export interface Standard {
  readonly mean: Float64Array;
  /** 1 where a feature never changes. */
  readonly deviation: Float64Array;
}

/** Features are single precision: what changes less than this part of their mean is rounding. */
const ROUNDING = 2 ** -23;

/** Mean and standard deviation of every feature over some rows. */
export function standardOf({ columns, data }: FeatureMatrix, rows: readonly number[]): Standard {
  const mean = new Float64Array(columns);
  const square = new Float64Array(columns);
  for (const row of rows)
    for (let i = 0; i < columns; i++) mean[i]! += data[row * columns + i]! / rows.length;
  for (const row of rows) {
    for (let i = 0; i < columns; i++) square[i]! += (data[row * columns + i]! - mean[i]!) ** 2 / rows.length;
  }
  const deviation = square.map((value, i) => {
    const root = Math.sqrt(value);
    return root > ROUNDING * Math.abs(mean[i]!) ? root : 1;
  });
  return { mean, deviation };
}

/** Some rows at mean 0 and deviation 1, and a last column of ones for the bias. */
export function designOf(
  { columns, data }: FeatureMatrix,
  rows: readonly number[],
  { mean, deviation }: Standard,
): FeatureMatrix {
  const wide = columns + 1;
  const design = new Float32Array(rows.length * wide).fill(1);
  rows.forEach((row, at) => {
    for (let i = 0; i < columns; i++) {
      design[at * wide + i] = (data[row * columns + i]! - mean[i]!) / deviation[i]!;
    }
  });
  return { rows: rows.length, columns: wide, data: design };
}

/** Columns as rows. */
export function transposed({ rows, columns, data }: FeatureMatrix): FeatureMatrix {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column]!;
  }
  return { rows: columns, columns: rows, data: turned };
}
