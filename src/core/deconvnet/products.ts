/** A weight matrix `[rows, columns]`, row-major: `rows` outputs of a fully connected layer by `columns` inputs. */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Filters of a convolution, `[outputs, inputs / groups, kernel y, kernel x]`, row-major. */
export interface Filters {
  readonly outputs: number;
  readonly inputs: number;
  readonly groups: number;
  readonly kernel: readonly [y: number, x: number];
  readonly stride: readonly [y: number, x: number];
  readonly dilation: readonly [y: number, x: number];
  readonly data: Float32Array;
}

/** A stack of maps `[units, maps, height, width]`. */
export interface Stack {
  readonly units: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/**
 * The two expensive operations of a projection, which an engine may compute wherever it is fast; `plainProducts` is the
 * reference. Weights arrive as the same array every time.
 */
export interface TransposedProducts {
  /** `signal` `[units, rows]` times the weights: `[units, columns]`. */
  dense(weights: WeightMatrix, signal: Float32Array, units: number): Promise<Float32Array> | Float32Array;
  /**
   * Transposed convolution of `signal` (maps = `outputs`), without bias and without any crop:
   * `[units, inputs, (height - 1) * stride + extent, (width - 1) * stride + extent]`.
   */
  convolution(filters: Filters, signal: Stack): Promise<Float32Array> | Float32Array;
}

/** Height and width of an uncropped transposed convolution. */
export function uncroppedSize(
  { kernel, stride, dilation }: Filters,
  { height, width }: Pick<Stack, 'height' | 'width'>,
): readonly [height: number, width: number] {
  return [
    (height - 1) * stride[0] + (kernel[0] - 1) * dilation[0] + 1,
    (width - 1) * stride[1] + (kernel[1] - 1) * dilation[1] + 1,
  ];
}

/** Both operations in plain loops. Zeros of the signal cost nothing. */
export const plainProducts: TransposedProducts = {
  dense({ rows, columns, data }, signal, units) {
    const result = new Float32Array(units * columns);
    for (let unit = 0; unit < units; unit++) {
      for (let row = 0; row < rows; row++) {
        const value = signal[unit * rows + row]!;
        if (value === 0) continue;
        for (let column = 0, r = unit * columns, w = row * columns; column < columns; column++) {
          result[r++]! += data[w++]! * value;
        }
      }
    }
    return result;
  },

  convolution(filters, signal) {
    const { outputs, inputs, stride } = filters;
    const { units, height, width, data } = signal;
    const size = uncroppedSize(filters, signal);
    const [tall, wide] = size;
    const result = new Float32Array(units * inputs * tall * wide);
    for (let unit = 0, i = 0; unit < units; unit++) {
      for (let output = 0; output < outputs; output++) {
        for (let y = 0; y < height; y++) {
          let place = (unit * inputs * tall + y * stride[0]) * wide;
          for (let x = 0; x < width; x++, i++, place += stride[1]) {
            if (data[i] !== 0) stamp(filters, output, data[i]!, { result, size, place });
          }
        }
      }
    }
    return result;
  },
};

interface Stamped {
  readonly result: Float32Array;
  readonly size: readonly [height: number, width: number];
  /** In the first map of the unit, where the filter looked first. */
  readonly place: number;
}

/** Adds one output's filter, times the signal's value, where it looked. */
function stamp(
  { outputs, inputs, groups, kernel, dilation, data }: Filters,
  output: number,
  value: number,
  { result, size, place }: Stamped,
): void {
  const perGroup = inputs / groups;
  const plane = size[0] * size[1];
  const [tapsY, tapsX] = kernel;
  const rowStep = dilation[0] * size[1];
  const columnStep = dilation[1];
  let first = place + ((output / (outputs / groups)) | 0) * perGroup * plane;
  for (let input = 0, w = output * perGroup * tapsY * tapsX; input < perGroup; input++, first += plane) {
    for (let ky = 0, row = first; ky < tapsY; ky++, row += rowStep) {
      for (let kx = 0, r = row; kx < tapsX; kx++, r += columnStep) result[r]! += data[w++]! * value;
    }
  }
}
