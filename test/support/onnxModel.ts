import { onnx } from 'onnx-proto';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** A tensor type with a shape, as graph inputs and outputs have. */
export function valueInfo(
  name: string,
  dims: readonly (number | string | null)[] = [1, 2, 4, 4],
  elemType: number = DataType.FLOAT,
): onnx.IValueInfoProto {
  const dim = dims.map((size) =>
    size === null ? {} : typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  more: Partial<onnx.INodeProto> = {},
): onnx.INodeProto {
  return { opType, input: [...input], output: [...output], ...more };
}

export function intAttribute(name: string, i: number): onnx.IAttributeProto {
  return { name, type: AttributeType.INT, i };
}

export function intsAttribute(name: string, ...values: number[]): onnx.IAttributeProto {
  return { name, type: AttributeType.INTS, ints: values };
}

/** Graph `x -> Relu -> y`, or what `graph` says instead. */
export function modelProto(
  graph: Partial<onnx.IGraphProto> = {},
  model: Partial<onnx.IModelProto> = {},
): onnx.IModelProto {
  return {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'g',
      node: [node('Relu', ['x'], ['y'], { name: 'relu' })],
      input: [valueInfo('x')],
      output: [valueInfo('y')],
      ...graph,
    },
    ...model,
  };
}

/** An ONNX file written by the protobuf library alone. */
export function onnxFile(
  graph: Partial<onnx.IGraphProto> = {},
  model: Partial<onnx.IModelProto> = {},
): Uint8Array {
  return new Uint8Array(onnx.ModelProto.encode(modelProto(graph, model)).finish());
}
