import type { Rule, Step } from '../rule';
import type { Signal } from '../signal';
import { convolutionOf, type Convolution } from '../../ops/convolution';
import { constantInput, inputName } from '../../ops/site';
import { toFloat32 } from '../../tensor/tensor';

/**
 * "Filtering" (Zeiler & Fergus 2013, section 2.1): the transposed convolution with the same weights, without bias, cropped to the
 * size of the recorded input. Groups, strides, dilation and any padding.
 */
export const transposedConvolution: Rule = {
  refuses: (site) =>
    constantInput(site, 1) === undefined ? 'its filters depend on the image, so there is nothing fixed to transpose' : undefined,
  async down(step) {
    const convolution = convolutionOf(step.site);
    const weights = toFloat32(constantInput(step.site, 1)!);
    const perGroup = convolution.outputs / convolution.groups;
    if (convolution.inputs === convolution.groups) downDepthwise(step, convolution, weights, perGroup);
    else for (let group = 0; group < convolution.groups; group++) await downGroup(step, convolution, weights, group);
  },
};

/** Largest number of values in one product's result. Larger signals go down in slices of rows. */
const maximumProduct = 1 << 23;

async function downGroup(step: Step, convolution: Convolution, weights: Float32Array, group: number): Promise<void> {
  const from = step.outputs[0]!;
  const to = step.inputs[0]!;
  const rows = convolution.outputs / convolution.groups;
  const taps = convolution.window.y.kernel * convolution.window.x.kernel;
  const columns = (convolution.inputs / convolution.groups) * taps;
  const matrix = {
    key: `${inputName(step.site, 1)}#${group}`,
    rows,
    columns,
    data: weights.subarray(group * rows * columns, (group + 1) * rows * columns),
  };
  const lines = from.units * from.height;
  const linesAtOnce = Math.max(1, Math.min(lines, Math.floor(maximumProduct / (columns * from.width))));
  for (let first = 0; first < lines; first += linesAtOnce) {
    const count = Math.min(linesAtOnce, lines - first);
    const slice = sliceLines(from, group * rows, rows, first, count);
    if (slice === null) continue;
    const product = await step.products.product(matrix, slice, count * from.width);
    addTaps(product, from, to, convolution, { group, first, count });
  }
}

/** Lines `first … first + count - 1` (unit-major rows) of some maps, as one matrix; `null` where all is zero. */
function sliceLines(from: Signal, map: number, maps: number, first: number, count: number): Float32Array | null {
  const lines = from.units * from.height;
  const whole = count === lines;
  const start = map * lines * from.width;
  const slice = whole
    ? from.data.subarray(start, start + maps * lines * from.width)
    : new Float32Array(maps * count * from.width);
  if (!whole) {
    for (let m = 0; m < maps; m++) {
      const offset = start + (m * lines + first) * from.width;
      slice.set(from.data.subarray(offset, offset + count * from.width), m * count * from.width);
    }
  }
  return slice.some((value) => value !== 0) ? slice : null;
}

/**
 * Spreads a product over the input: every output position adds its column, one value per filter tap, at the positions
 * its window covers. What falls outside the input is dropped, which is the crop of the transposed convolution.
 */
function addTaps(
  product: Float32Array,
  from: Signal,
  to: Signal,
  { window, inputs, groups }: Convolution,
  part: { readonly group: number; readonly first: number; readonly count: number },
): void {
  const perGroup = inputs / groups;
  let source = 0;
  for (let channel = part.group * perGroup; channel < (part.group + 1) * perGroup; channel++) {
    for (let ky = 0; ky < window.y.kernel; ky++) {
      for (let kx = 0; kx < window.x.kernel; kx++) {
        for (let line = part.first; line < part.first + part.count; line++, source += from.width) {
          const unit = Math.floor(line / from.height);
          const row = from.tops[unit]! + line - unit * from.height;
          const y = row * window.y.stride - window.y.padBefore + ky * window.y.dilation - to.tops[unit]!;
          if (y < 0 || y >= to.height) continue;
          const x = from.lefts[unit]! * window.x.stride - window.x.padBefore + kx * window.x.dilation - to.lefts[unit]!;
          const target = ((channel * to.units + unit) * to.height + y) * to.width;
          addStrided(product, source, from.width, to, target, x, window.x.stride);
        }
      }
    }
  }
}

/** Adds `length` values at columns `x, x + stride, …` of a row; columns outside the row are dropped. */
function addStrided(
  values: Float32Array,
  source: number,
  length: number,
  to: Signal,
  target: number,
  x: number,
  stride: number,
): void {
  const first = x >= 0 ? 0 : Math.ceil(-x / stride);
  const last = Math.min(length, Math.ceil((to.width - x) / stride));
  for (let i = first, t = target + x + first * stride; i < last; i++, t += stride) to.data[t]! += values[source + i]!;
}

/** One filter per input map: too thin for a matrix product. */
function downDepthwise(step: Step, { window, outputs }: Convolution, weights: Float32Array, perGroup: number): void {
  const from = step.outputs[0]!;
  const to = step.inputs[0]!;
  const taps = window.y.kernel * window.x.kernel;
  const line = new Float32Array(from.width);
  for (let map = 0; map < outputs; map++) {
    const channel = Math.floor(map / perGroup);
    for (let unit = 0; unit < from.units; unit++) {
      const left = from.lefts[unit]! * window.x.stride - window.x.padBefore - to.lefts[unit]!;
      for (let row = 0; row < from.height; row++) {
        const source = ((map * from.units + unit) * from.height + row) * from.width;
        const top = (from.tops[unit]! + row) * window.y.stride - window.y.padBefore - to.tops[unit]!;
        for (let tap = 0; tap < taps; tap++) {
          const y = top + Math.floor(tap / window.x.kernel) * window.y.dilation;
          if (y < 0 || y >= to.height) continue;
          const weight = weights[map * taps + tap]!;
          for (let i = 0; i < from.width; i++) line[i] = from.data[source + i]! * weight;
          const x = left + (tap % window.x.kernel) * window.x.dilation;
          const target = ((channel * to.units + unit) * to.height + y) * to.width;
          addStrided(line, 0, from.width, to, target, x, window.x.stride);
        }
      }
    }
  }
}
