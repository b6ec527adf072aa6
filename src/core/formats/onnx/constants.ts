import { onnx } from 'onnx-proto';
import type { GraphNode } from '../../graph/graph';
import { floatTensor, int64Vector } from '../../tensor/tensor';
import type { Tensor } from '../../tensor/tensor';

const { AttributeType } = onnx.AttributeProto;

/** What a `Constant` node holds; `undefined` for other nodes and for what is no array of numbers. */
export function constantOf(node: GraphNode): Tensor | undefined {
  if (node.op !== 'Constant' || node.domain !== '') return undefined;
  const { attributes } = node;
  const value = attributes.get('value');
  if (value?.kind === 'tensor') return value.value;
  const float = attributes.get('value_float');
  if (float?.kind === 'float') return floatTensor([], Float32Array.of(float.value));
  const floats = attributes.get('value_floats');
  if (floats?.kind === 'floats') return floatTensor([floats.value.length], Float32Array.from(floats.value));
  const int = attributes.get('value_int');
  if (int?.kind === 'int') return { ...int64Vector([int.value]), dims: [] };
  const ints = attributes.get('value_ints');
  if (ints?.kind === 'ints') return int64Vector(ints.value);
  return undefined;
}

/** A `Constant` node that holds a tensor as it is in the file. */
export function opaqueConstant(tensor: onnx.ITensorProto): onnx.INodeProto {
  return {
    opType: 'Constant',
    output: [tensor.name ?? ''],
    attribute: [{ name: 'value', type: AttributeType.TENSOR, t: tensor }],
  };
}
