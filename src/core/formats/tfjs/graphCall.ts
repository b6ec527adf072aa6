import { badTensorData } from '../../errors';
import { toNumbers } from '../../tensor/tensor';
import { operand, type Named, type Weight } from './blocks';
import type { Builder, Value } from './builder';
import type { TfNode } from './graphDef';
import { unsupportedLayer } from './refusals';

/** What a node of a TensorFlow graph reads: something computed from the image, a constant, or lengths of axes. */
export type Operand =
  | { readonly kind: 'value'; readonly value: Value }
  | ({ readonly kind: 'weight' } & Weight)
  /** A list of lengths; `null` is that of the batch, which a model leaves open. */
  | { readonly kind: 'lengths'; readonly lengths: readonly (number | null)[] };

/** One node of a TensorFlow graph: what its translation reads. `name` is that of the layer. */
export interface NodeCall extends Named {
  readonly builder: Builder;
  readonly node: TfNode;
  readonly operands: readonly Operand[];
}

/** Writes the nodes of one node of TensorFlow and returns its first output. */
export type NodeTranslation = (call: NodeCall) => Operand;

export function asValue(value: Value): Operand {
  return { kind: 'value', value };
}

/** Refuses what a node is asked for beyond what is translated. */
export function refuseNode({ name, kind }: NodeCall, reason: string): never {
  throw unsupportedLayer(name, kind, reason);
}

/** An operand that depends on the image. */
export function valueAt(call: NodeCall, index: number): Value {
  const found = call.operands[index];
  return found?.kind === 'value'
    ? found.value
    : refuseNode(call, `its input ${index} does not depend on the image`);
}

/** An operand that must be a constant of the file. */
export function weightAt(call: NodeCall, index: number): Weight {
  const found = call.operands[index];
  return found?.kind === 'weight' ? found : refuseNode(call, `its input ${index} is not a constant`);
}

/** A weight that must be float32. */
export function floatWeightAt(call: NodeCall, index: number): Weight {
  const weight = weightAt(call, index);
  if (weight.tensor.type === 'float32') return weight;
  throw badTensorData(weight.name, `they are of type ${weight.tensor.type} instead of float32`);
}

/** A constant list of numbers. */
export function numbersAt(call: NodeCall, index: number): number[] {
  return toNumbers(weightAt(call, index).tensor);
}

/** Axes of an operand's tensor. */
export function rankAt({ operands }: NodeCall, index: number): number {
  const found = operands[index];
  if (found?.kind === 'value') return found.value.rank;
  return found?.kind === 'weight' ? found.tensor.dims.length : 0;
}

/** An operand of an elementwise operator whose result has `rank` axes. */
export function operandAt(call: NodeCall, index: number, rank: number): Value {
  const found = call.operands[index];
  if (found?.kind === 'weight') return operand(call.builder, found, rank);
  const value = valueAt(call, index);
  if (value.rank === rank || value.rank === 0) return value;
  return refuseNode(call, `it stretches a tensor of ${value.rank} axes over one of ${rank}`);
}
