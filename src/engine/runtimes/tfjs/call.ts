import type * as TfCore from '@tensorflow/tfjs-core';
import { fromNhwc, isReordered, toNhwc } from '../../../core/formats/tfjs/nhwc';
import type { GraphNode } from '../../../core/graph/graph';
import { normalizeAxis, type Site } from '../../../core/ops/site';
import type { Tf } from './backend';

/** A tensor as it is held while a graph runs: feature maps `[batch, height, width, channels]`, all others as in the graph. */
export type Held = TfCore.Tensor;

/** One node with what it reads. */
export interface Call {
  readonly tf: Tf;
  readonly node: GraphNode;
  /** Sizes are those of the graph, not of what is held. */
  readonly site: Site;
  readonly opset: number;
  /** `undefined` where an input is left out. */
  readonly inputs: readonly (Held | undefined)[];
}

/** Computes the outputs of a node, or the one it has. */
export type Kernel = (call: Call) => Held | readonly Held[];

/** Says why a node cannot be computed; the session makes a `UserError` of it that names the node. */
export class CannotCompute extends Error {}

export function input({ inputs, node }: Call, index: number): Held {
  const found = inputs[index];
  if (found === undefined) throw new CannotCompute(`${node.op} lacks its input ${index}`);
  return found;
}

/** From the order of axes in graphs to the one that is held. */
export function held(tf: Tf, tensor: Held): Held {
  return isReordered(tensor.rank) ? tf.transpose(tensor, [...toNhwc]) : tensor;
}

/** Back to the order of axes in graphs. */
export function inGraph(tf: Tf, tensor: Held): Held {
  return isReordered(tensor.rank) ? tf.transpose(tensor, [...fromNhwc]) : tensor;
}

/** The axis of a held tensor that the graph calls `axis`. */
export function heldAxis(axis: number, rank: number): number {
  const counted = normalizeAxis(axis, rank);
  return isReordered(rank) ? toNhwc.indexOf(counted as 0 | 1 | 2 | 3) : counted;
}

/** A list with one entry an axis, for a held tensor. */
export function perHeldAxis<T>(list: readonly T[]): T[] {
  return isReordered(list.length) ? toNhwc.map((axis) => list[axis]!) : [...list];
}

/** Operands of an elementwise operator, so that they are stretched over each other as the graph says. */
export function aligned(tf: Tf, operands: readonly Held[]): Held[] {
  const rank = Math.max(...operands.map((operand) => operand.rank));
  if (!isReordered(rank)) return [...operands];
  return operands.map((operand) => {
    if (operand.rank === rank) return operand;
    const missing = Array.from({ length: rank - operand.rank }, () => 1);
    return held(tf, tf.reshape(operand, [...missing, ...operand.shape]));
  });
}
