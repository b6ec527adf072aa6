import { onnx } from 'onnx-proto';
import { modelFileTooLarge } from '../../errors';
import type { Attribute, Dimension, Graph, GraphNode, Value } from '../../graph/graph';
import type { Tensor } from '../../tensor/tensor';
import { codeOf } from './elementTypes';
import { irVersionOf, metadataKeys } from './metadata';
import { bytesOf, parseAttribute, serializeModel, toInteger } from './proto';

const { AttributeType } = onnx.AttributeProto;

/** Room for everything that is not a weight, under the 2 GB that a protobuf may have. */
const MAX_WEIGHT_BYTES = 2 ** 31 - 2 ** 26;

/**
 * The graph as an ONNX model, constants as initializers with `raw_data`. Equal graphs give equal bytes, and
 * decoding gives the same graph again. Throws a `UserError` where the weights exceed the 2 GB of a protobuf.
 */
export function encodeOnnx(graph: Graph): Uint8Array {
  let weights = 0;
  for (const { data } of graph.constants.values()) weights += data.byteLength;
  if (weights > MAX_WEIGHT_BYTES) throw modelFileTooLarge(graph.name || 'The model', weights);
  const about = (key: keyof typeof metadataKeys) => graph.metadata.get(metadataKeys[key]);
  return serializeModel({
    irVersion: irVersionOf(graph.metadata, graph.opset),
    opsetImport: [
      { domain: '', version: graph.opset },
      ...[...graph.domains].map(([domain, version]) => ({ domain, version })),
    ],
    producerName: about('producerName') ?? null,
    producerVersion: about('producerVersion') ?? null,
    domain: about('domain') ?? null,
    modelVersion: Number(about('modelVersion') ?? 0) || null,
    docString: about('docString') ?? null,
    metadataProps: encodeProperties(graph.metadata),
    graph: {
      name: graph.name,
      docString: about('graphDocString') ?? null,
      node: graph.nodes.map(encodeNode),
      initializer: [...graph.constants].map(([name, tensor]) => encodeTensor(tensor, name)),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
  });
}

function encodeProperties(metadata: ReadonlyMap<string, string>): onnx.IStringStringEntryProto[] {
  const reserved = new Set<string>(Object.values(metadataKeys));
  return [...metadata].filter(([key]) => !reserved.has(key)).map(([key, value]) => ({ key, value }));
}

function encodeNode(node: GraphNode): onnx.INodeProto {
  return {
    name: node.name,
    opType: node.op,
    domain: node.domain === '' ? null : node.domain,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: [...node.attributes].map(([name, attribute]) => encodeAttribute(name, attribute)),
  };
}

function encodeAttribute(name: string, attribute: Attribute): onnx.IAttributeProto {
  switch (attribute.kind) {
    case 'int':
      return { name, type: AttributeType.INT, i: toInteger(attribute.value) };
    case 'float':
      return { name, type: AttributeType.FLOAT, f: attribute.value };
    case 'string':
      return { name, type: AttributeType.STRING, s: bytesOf(attribute.value) };
    case 'ints':
      return { name, type: AttributeType.INTS, ints: attribute.value.map(toInteger) };
    case 'floats':
      return { name, type: AttributeType.FLOATS, floats: [...attribute.value] };
    case 'strings':
      return { name, type: AttributeType.STRINGS, strings: attribute.value.map(bytesOf) };
    case 'tensor':
      return { name, type: AttributeType.TENSOR, t: encodeTensor(attribute.value) };
    case 'opaque':
      return { ...parseAttribute(attribute.bytes), name };
  }
}

/** The elements are not copied: the writer takes the array's own bytes, little-endian as on every machine this runs on. */
function encodeTensor({ type, dims, data }: Tensor, name?: string): onnx.ITensorProto {
  return {
    name: name ?? null,
    dataType: codeOf(type),
    dims: [...dims],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function encodeValue({ name, type, shape }: Value): onnx.IValueInfoProto {
  const tensorType: onnx.TypeProto.ITensor = { elemType: codeOf(type) };
  if (shape !== null) tensorType.shape = { dim: shape.map(encodeDimension) };
  return { name, type: { tensorType } };
}

function encodeDimension(dimension: Dimension): onnx.TensorShapeProto.IDimension {
  if (dimension === null) return {};
  return typeof dimension === 'number' ? { dimValue: dimension } : { dimParam: dimension };
}
