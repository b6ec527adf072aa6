import type { onnx } from 'onnx-proto';
import { halfPrecisionSubgraph } from '../../errors';
import type { Attribute, GraphNode } from '../../graph/graph';
import { decodeAttribute } from './decodeAttribute';
import { isHalf } from './elementTypes';
import type { ReadExternal } from './externalData';
import { capturedTensors, subgraphsOf, subgraphUsesHalf } from './subgraphs';

/** Nodes of a file before they are sorted. */
export interface DecodedNodes {
  readonly nodes: readonly GraphNode[];
  /** Tensors a node reads from inside its subgraphs, beside its inputs. */
  readonly captures: ReadonlyMap<GraphNode, readonly string[]>;
}

/** Nodes in the given order, with unique names. */
export function decodeNodes(
  protos: readonly onnx.INodeProto[],
  external: ReadExternal | undefined,
): DecodedNodes {
  const captures = new Map<GraphNode, readonly string[]>();
  const names = uniqueNames(protos);
  const nodes = protos.map((proto, i) => {
    const node = decodeNode(proto, names[i] ?? '', external);
    if (subgraphsOf(proto).length > 0) {
      if (subgraphUsesHalf(proto)) throw halfPrecisionSubgraph(node.name);
      captures.set(node, capturedTensors(proto));
    }
    return node;
  });
  return { nodes, captures };
}

function decodeNode(proto: onnx.INodeProto, name: string, external: ReadExternal | undefined): GraphNode {
  const op = proto.opType ?? '';
  const attributes = new Map<string, Attribute>();
  for (const attribute of proto.attribute ?? []) {
    const decoded = decodeAttribute(attribute, external);
    attributes.set(attribute.name ?? '', widenTypeAttribute(attribute.name ?? '', decoded, op));
  }
  return {
    name,
    op,
    domain: proto.domain === 'ai.onnx' ? '' : (proto.domain ?? ''),
    inputs: proto.input ?? [],
    outputs: proto.output ?? [],
    attributes,
  };
}

/** Attributes that name an element type, by operator. */
const typeAttributes: Readonly<Record<string, string>> = {
  Cast: 'to',
  EyeLike: 'dtype',
  RandomNormal: 'dtype',
  RandomNormalLike: 'dtype',
  RandomUniform: 'dtype',
  RandomUniformLike: 'dtype',
  Bernoulli: 'dtype',
  BlackmanWindow: 'output_datatype',
  HammingWindow: 'output_datatype',
  HannWindow: 'output_datatype',
  MelWeightMatrix: 'output_datatype',
};

const FLOAT32 = 1;

function widenTypeAttribute(name: string, attribute: Attribute, op: string): Attribute {
  if (typeAttributes[op] !== name || attribute.kind !== 'int' || !isHalf(attribute.value)) return attribute;
  return { kind: 'int', value: FLOAT32 };
}

/** Names by the file where it has them, else after the operator and first output; repeated ones get a number. */
function uniqueNames(protos: readonly onnx.INodeProto[]): string[] {
  const given = new Set(protos.map(({ name }) => name ?? ''));
  const taken = new Set<string>();
  const repeats = new Map<string, number>();
  return protos.map(({ name, opType, output }) => {
    const wanted = name ? name : `${opType ?? ''}_${output?.find((tensor) => tensor !== '') ?? ''}`;
    const isFree = (candidate: string) =>
      !taken.has(candidate) && (candidate === name || !given.has(candidate));
    let unique = wanted;
    let count = repeats.get(wanted) ?? 1;
    while (!isFree(unique)) unique = `${wanted}_${++count}`;
    repeats.set(wanted, count);
    taken.add(unique);
    return unique;
  });
}
