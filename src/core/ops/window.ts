import { ShapeError } from './operator';
import { intAttribute, intsAttribute, stringAttribute } from '../graph/attributes';
import type { Box } from '../graph/box';
import type { GraphNode } from '../graph/graph';
import type { Dims } from '../tensor/tensor';

/** One spatial axis of a sliding window: convolution or pooling. All lengths in input positions. */
export interface WindowAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first and behind the last input position. */
  readonly padBefore: number;
  readonly padAfter: number;
  readonly input: number;
  readonly output: number;
}

/** A sliding window over rows and columns. */
export interface Window {
  readonly y: WindowAxis;
  readonly x: WindowAxis;
}

/** Positions from the first to the last tap of a window, holes of the dilation included. */
export function extentOf(axis: WindowAxis): number {
  return (axis.kernel - 1) * axis.dilation + 1;
}

/**
 * The window of a Conv, MaxPool or AveragePool node over an input `[N, C, H, W]`, with `auto_pad`, asymmetric pads,
 * dilation and `ceil_mode` resolved to numbers.
 */
export function windowOf(node: GraphNode, input: Dims, kernel: readonly number[]): Window {
  if (input.length !== 4 || kernel.length !== 2) {
    throw new ShapeError(`${node.op} over ${input.length - 2} spatial axes (only two are supported)`);
  }
  return { y: axisOf(node, 0, input[2]!, kernel[0]!), x: axisOf(node, 1, input[3]!, kernel[1]!) };
}

function axisOf(node: GraphNode, index: 0 | 1, input: number, kernel: number): WindowAxis {
  const stride = intsAttribute(node, 'strides')?.[index] ?? 1;
  const dilation = intsAttribute(node, 'dilations')?.[index] ?? 1;
  const extent = (kernel - 1) * dilation + 1;
  if (kernel < 1 || stride < 1 || dilation < 1)
    throw new ShapeError(`${node.op} with kernel ${kernel}, stride ${stride}`);
  const autoPad = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') {
    const output = Math.ceil(input / stride);
    const total = Math.max(0, (output - 1) * stride + extent - input);
    const padBefore = autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
    return { kernel, stride, dilation, padBefore, padAfter: total - padBefore, input, output };
  }
  const pads = autoPad === 'VALID' ? undefined : intsAttribute(node, 'pads');
  const padBefore = pads?.[index] ?? 0;
  const padAfter = pads?.[index + 2] ?? 0;
  const room = input + padBefore + padAfter - extent;
  if (room < 0) throw new ShapeError(`${node.op} with a window of ${extent} over ${input} positions`);
  let output = Math.floor(room / stride) + 1;
  if (intAttribute(node, 'ceil_mode', 0) === 1) {
    output = Math.ceil(room / stride) + 1;
    // A window that starts behind the last input position sees only padding and does not count.
    if ((output - 1) * stride >= input + padBefore) output--;
  }
  return { kernel, stride, dilation, padBefore, padAfter, input, output };
}

/** The input positions that a box of outputs looks at, padding included. */
export function reachOf(window: Window, box: Box): Box {
  const [top, height] = reachAlong(window.y, box.top, box.height);
  const [left, width] = reachAlong(window.x, box.left, box.width);
  return { top, left, height, width };
}

function reachAlong(axis: WindowAxis, start: number, length: number): [start: number, length: number] {
  if (length === 0) return [start * axis.stride - axis.padBefore, 0];
  return [start * axis.stride - axis.padBefore, (length - 1) * axis.stride + extentOf(axis)];
}
