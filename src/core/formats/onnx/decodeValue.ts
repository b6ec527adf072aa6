import type { onnx } from 'onnx-proto';
import { unsupportedInput } from '../../errors';
import type { Dimension, GraphNode, Value } from '../../graph/graph';
import type { DataType } from '../../tensor/tensor';
import { elementType } from './elementTypes';
import { toNumber } from './proto';

/** A graph input. Throws where it is no tensor of numbers. */
export function decodeInput(proto: onnx.IValueInfoProto): Value {
  const name = proto.name ?? '';
  const tensor = proto.type?.tensorType;
  if (!tensor) throw unsupportedInput(name, 'is not a tensor');
  const { name: typeName, type } = elementType(tensor.elemType ?? 0);
  if (type === undefined) throw unsupportedInput(name, `has element type ${typeName}`);
  return { name, type, shape: shapeOf(tensor) };
}

/** A graph output, `undefined` where it is no tensor of numbers. A type left out follows from its producer. */
export function decodeOutput(
  proto: onnx.IValueInfoProto,
  producer: GraphNode | undefined,
): Value | undefined {
  const name = proto.name ?? '';
  if (proto.type && !proto.type.tensorType) return undefined;
  const tensor = proto.type?.tensorType;
  if (!tensor?.elemType) return { name, type: resultType(producer, name), shape: shapeOf(tensor) };
  const { type } = elementType(tensor.elemType);
  return type && { name, type, shape: shapeOf(tensor) };
}

const indexResults: ReadonlySet<string> = new Set(['ArgMax', 'ArgMin', 'Shape', 'Size', 'NonZero']);
const truthResults: ReadonlySet<string> = new Set(['Equal', 'Greater', 'Less', 'And', 'Or', 'Not', 'IsNaN']);

function resultType(producer: GraphNode | undefined, tensor: string): DataType {
  if (producer === undefined) return 'float32';
  const { op, outputs, attributes } = producer;
  if (indexResults.has(op)) return 'int64';
  if ((op === 'TopK' || op === 'MaxPool') && outputs.indexOf(tensor) === 1) return 'int64';
  if (truthResults.has(op)) return 'bool';
  const to = op === 'Cast' ? attributes.get('to') : undefined;
  return (to?.kind === 'int' ? elementType(to.value).type : undefined) ?? 'float32';
}

/** Sizes of 0 and below are how some exporters write "not known". */
function shapeOf(tensor: onnx.TypeProto.ITensor | null | undefined): Dimension[] | null {
  if (!tensor?.shape) return null;
  return (tensor.shape.dim ?? []).map(({ dimValue, dimParam }) => {
    const size = toNumber(dimValue);
    if (Number.isSafeInteger(size) && size > 0) return size;
    return dimParam ? dimParam : null;
  });
}
