/** A weight matrix `[rows, columns]`, row-major. `key` tells it apart from every other one of the same network. */
export interface WeightMatrix {
  readonly key: string;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * The one expensive operation of a projection: a transposed weight matrix times the signals of a batch. An engine may
 * compute it wherever it is fast; `plainProducts` is the reference.
 */
export interface TransposedProducts {
  /** `weights` transposed times `signal` `[rows, count]`: `[columns, count]`, row-major, the caller's to keep. */
  product(weights: WeightMatrix, signal: Float32Array, count: number): Promise<Float32Array> | Float32Array;
}

/** The product in plain loops. Rows and entries of the signal that are zero cost nothing. */
export const plainProducts: TransposedProducts = {
  product({ rows, columns, data }, signal, count) {
    const result = new Float32Array(columns * count);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < count; i++) {
        const value = signal[row * count + i]!;
        if (value === 0) continue;
        for (let column = 0, w = row * columns; column < columns; column++, w++) {
          result[column * count + i]! += data[w]! * value;
        }
      }
    }
    return result;
  },
};
