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
 * The expensive operations of a projection, named by the layer whose transpose they are, which an engine may compute wherever it is fast; `plainProducts` is the
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
  /**
   * Convolution of `signal` (maps = `inputs`), without bias and padding: what `convolution` is the transpose of.
   * `[units, outputs, (height - extent) / stride + 1, (width - extent) / stride + 1]`, both without a remainder.
   */
  transposedConvolution(filters: Filters, signal: Stack): Promise<Float32Array> | Float32Array;
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

/** All of them in plain loops. Zeros of the signal cost nothing. */
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

  transposedConvolution(filters, signal) {
    const { outputs, inputs } = filters;
    const { units, height, width, data } = signal;
    const looks = { y: looksAlong(filters, 0, height), x: looksAlong(filters, 1, width) };
    const plane = looks.y.count * looks.x.count;
    const result = new Float32Array(units * outputs * plane);
    for (let unit = 0, i = 0; unit < units; unit++) {
      const ofUnit = result.subarray(unit * outputs * plane, (unit + 1) * outputs * plane);
      for (let input = 0; input < inputs; input++) {
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++, i++) {
            if (data[i] !== 0) collect(filters, input, data[i]!, looks, [y, x], ofUnit);
          }
        }
      }
    }
    return result;
  },
};

/** Which window sees each position through which tap. */
interface Looks {
  /** How many windows there are. */
  readonly count: number;
  readonly at: readonly (readonly Look[])[];
}

interface Look {
  readonly tap: number;
  readonly window: number;
}

function looksAlong({ kernel, stride, dilation }: Filters, axis: 0 | 1, size: number): Looks {
  const extent = (kernel[axis] - 1) * dilation[axis] + 1;
  const count = (size - extent) / stride[axis] + 1;
  const at = Array.from({ length: size }, (_, position) =>
    Array.from({ length: kernel[axis] }, (_tap, tap) => ({
      tap,
      window: (position - tap * dilation[axis]) / stride[axis],
    })).filter(({ window }) => Number.isInteger(window) && window >= 0 && window < count),
  );
  return { count, at };
}

/** Adds what every filter makes of one value, wherever a window sees it. */
function collect(
  { outputs, inputs, groups, kernel, data }: Filters,
  input: number,
  value: number,
  looks: { readonly y: Looks; readonly x: Looks },
  [y, x]: readonly [number, number],
  result: Float32Array,
): void {
  const [perGroup, outputsPerGroup] = [inputs / groups, outputs / groups];
  const [group, within] = [Math.floor(input / perGroup), input % perGroup];
  for (let output = group * outputsPerGroup; output < (group + 1) * outputsPerGroup; output++) {
    for (const row of looks.y.at[y]!) {
      const weights = ((output * perGroup + within) * kernel[0] + row.tap) * kernel[1];
      const first = (output * looks.y.count + row.window) * looks.x.count;
      for (const { tap, window } of looks.x.at[x]!) result[first + window]! += data[weights + tap]! * value;
    }
  }
}

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
