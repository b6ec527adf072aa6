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
    const { outputs, inputs } = filters;
    const { units, height, width } = signal;
    const [tall, wide] = uncroppedSize(filters, signal);
    const result = new Float32Array(units * inputs * tall * wide);
    for (let unit = 0; unit < units; unit++) {
      for (let output = 0; output < outputs; output++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const value = signal.data[((unit * outputs + output) * height + y) * width + x]!;
            if (value !== 0) stamp(filters, result, { unit, output, y, x, tall, wide }, value);
          }
        }
      }
    }
    return result;
  },
};

interface Place {
  readonly unit: number;
  readonly output: number;
  readonly y: number;
  readonly x: number;
  readonly tall: number;
  readonly wide: number;
}

/** Adds one output's filter, times the signal's value, where it looked. */
function stamp(
  filters: Filters,
  result: Float32Array,
  { unit, output, y, x, tall, wide }: Place,
  value: number,
): void {
  const { outputs, inputs, groups, kernel, stride, dilation, data } = filters;
  const perGroup = inputs / groups;
  const firstInput = Math.floor(output / (outputs / groups)) * perGroup;
  let w = output * perGroup * kernel[0] * kernel[1];
  for (let input = 0; input < perGroup; input++) {
    const plane = (unit * inputs + firstInput + input) * tall + y * stride[0];
    for (let ky = 0; ky < kernel[0]; ky++) {
      let r = (plane + ky * dilation[0]) * wide + x * stride[1];
      for (let kx = 0; kx < kernel[1]; kx++, r += dilation[1]) result[r]! += data[w++]! * value;
    }
  }
}
