import type { Convolution } from './convolution';
import { ShapeError, firstInput, type Operator, type Region } from './operator';
import { inputDims, type Site } from './site';
import { extentOf, type WindowAxis } from './window';
import { intAttribute, intsAttribute, stringAttribute } from '../graph/attributes';
import type { GraphNode } from '../graph/graph';

/**
 * The geometry of a ConvTranspose node, weights `[inputs, outputs / groups, kernel y, kernel x]`. Its window is that of the convolution
 * it turns round: it slides over the node's output, once for every position of the node's input. Padding behind the output is negative
 * where `output_padding` or `output_shape` add positions. Throws a `ShapeError` where input, weights and attributes do not fit.
 */
export function transposedConvolutionOf(site: Site): Convolution {
  const { node } = site;
  const input = inputDims(site, 0);
  const weights = inputDims(site, 1);
  if (input.length !== 4 || weights.length !== 4) {
    throw new ShapeError(`ConvTranspose over ${input.length - 2} spatial axes (only two are supported)`);
  }
  const groups = intAttribute(node, 'group', 1);
  const [inputs, perGroup, kernelY, kernelX] = weights as [number, number, number, number];
  if (input[1] !== inputs || inputs % groups !== 0) {
    throw new ShapeError(
      `ConvTranspose over ${input[1]} channels with weights for ${inputs} in ${groups} groups`,
    );
  }
  const window = { y: axisOf(node, 0, input[2]!, kernelY), x: axisOf(node, 1, input[3]!, kernelX) };
  return { window, groups, inputs, outputs: perGroup * groups };
}

function axisOf(node: GraphNode, index: 0 | 1, positions: number, kernel: number): WindowAxis {
  const stride = intsAttribute(node, 'strides')?.[index] ?? 1;
  const dilation = intsAttribute(node, 'dilations')?.[index] ?? 1;
  if (kernel < 1 || stride < 1 || dilation < 1)
    throw new ShapeError(`ConvTranspose with kernel ${kernel}, stride ${stride}`);
  const covered = (positions - 1) * stride + (kernel - 1) * dilation + 1;
  const added = intsAttribute(node, 'output_padding')?.[index] ?? 0;
  const whole = covered + added;
  const wanted = intsAttribute(node, 'output_shape')?.at(index - 2);
  const same = stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME');
  // As in ONNX Runtime, SAME adds nothing where the windows leave gaps behind them.
  const fitted = wanted ?? (same ? Math.min(whole, positions * stride) : undefined);
  const { padBefore, size } =
    fitted === undefined ? padded(node, index, whole) : fittedTo(node, fitted, whole);
  // A stride more would be room for another window.
  const tooLarge = Math.max(added, (wanted ?? 0) - covered) >= stride;
  if (size < 1 || tooLarge) throw new ShapeError(`ConvTranspose from ${positions} positions to ${size}`);
  const padAfter = covered - padBefore - size;
  return { kernel, stride, dilation, padBefore, padAfter, input: size, output: positions };
}

/** What of all positions is kept: where that begins, and how much it is. */
interface Kept {
  readonly padBefore: number;
  readonly size: number;
}

function padded(node: GraphNode, index: 0 | 1, whole: number): Kept {
  const pads = intsAttribute(node, 'pads');
  const padBefore = pads?.[index] ?? 0;
  return { padBefore, size: whole - padBefore - (pads?.[index + 2] ?? 0) };
}

function fittedTo(node: GraphNode, size: number, whole: number): Kept {
  const half = Math.max(0, whole - size) / 2;
  const upper = stringAttribute(node, 'auto_pad', 'NOTSET') === 'SAME_UPPER';
  return { padBefore: upper ? Math.floor(half) : Math.ceil(half), size };
}

const convTranspose: Operator = {
  shapes(site) {
    const { window, outputs } = transposedConvolutionOf(site);
    return [[inputDims(site, 0)[0]!, outputs, window.y.input, window.x.input]];
  },
  paths: firstInput,
  reach(site, _input, region): Region {
    if (region === 'all') return 'all';
    const { y, x } = transposedConvolutionOf(site).window;
    const [top, height] = seenBy(y, region.top, region.height);
    const [left, width] = seenBy(x, region.left, region.width);
    return { top, left, height, width };
  },
};

/** The windows that see any of `length` positions. */
function seenBy(axis: WindowAxis, start: number, length: number): [first: number, count: number] {
  const { stride, padBefore } = axis;
  const first = Math.ceil((start + padBefore - extentOf(axis) + 1) / stride);
  const last = Math.floor((start + padBefore + length - 1) / stride);
  return [first, Math.max(0, last - first + 1)];
}

/** What is known of ConvTranspose. */
export const transposedConvolutions: Readonly<Record<string, Operator>> = { ConvTranspose: convTranspose };
