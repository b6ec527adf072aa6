import { unsupportedOpset } from '../../errors';
import type { Attribute, GraphNode } from '../../graph/graph';
import { int64Vector, sizeOf } from '../../tensor/tensor';
import type { Tensor } from '../../tensor/tensor';
import type { DecodedNodes } from './decodeNode';

/** The oldest operator set whose rules the rest of the project knows. */
const OLDEST_OPSET = 7;

interface OldGraph extends DecodedNodes {
  readonly opset: number;
  /** For messages. */
  readonly file: string;
  /** Gets what older operators had as an attribute and later ones read as an input. */
  readonly constants: Map<string, Tensor>;
}

/** `undefined`: this node cannot be translated. */
type Upgrade = (node: GraphNode, constants: Map<string, Tensor>) => GraphNode | undefined;

/**
 * Nodes of operator sets below 7 in the spelling of operator set 7, where that needs no knowledge of shapes.
 * Operators that are not in the table mean the same today. Throws a `UserError` naming the node otherwise.
 */
export function upgradeOldOperators(graph: OldGraph): DecodedNodes & { readonly opset: number } {
  const { opset, file, constants } = graph;
  if (opset >= OLDEST_OPSET) return graph;
  const nodes = graph.nodes.map((node) => {
    if (node.domain !== '') return node;
    const change = changes.find(({ before, ops }) => opset < before && ops.includes(node.op));
    const upgraded = change ? change.upgrade(node, constants) : node;
    if (upgraded === undefined) throw unsupportedOpset(file, opset, node.name, node.op);
    return without(upgraded, 'consumed_inputs');
  });
  return { nodes, captures: graph.captures, opset: OLDEST_OPSET };
}

const refuse: Upgrade = () => undefined;

/** With `broadcast` the second operand matched a suffix of the first, as today, unless `axis` moved it. */
const dropBroadcast: Upgrade = (node) =>
  node.attributes.has('axis') ? undefined : without(node, 'broadcast');

const dropTestFlag: Upgrade = (node) => without(node, 'is_test');

/** One slope serves all channels in every version; several were along the channels, today along the last axis. */
const sharedSlopeOnly: Upgrade = (node, constants) => {
  const slope = constants.get(node.inputs[1] ?? '');
  return slope && sizeOf(slope.dims) === 1 ? node : undefined;
};

const shapeAsInput: Upgrade = (node, constants) => {
  const shape = node.attributes.get('shape');
  if (shape?.kind !== 'ints') return undefined;
  const name = `${node.name}/shape`;
  if (constants.has(name)) return undefined;
  constants.set(name, int64Vector(shape.value));
  return { ...without(node, 'shape'), inputs: [...node.inputs, name] };
};

const concatAlongChannels: Upgrade = (node) =>
  node.attributes.has('axis') ? node : withAttribute(node, 'axis', { kind: 'int', value: 1 });

const renamePads: Upgrade = (node) => {
  const pads = node.attributes.get('paddings');
  return pads ? withAttribute(without(node, 'paddings'), 'pads', pads) : undefined;
};

/** Which operators changed before an operator set, and how to write them today. */
const changes: readonly { before: number; ops: readonly string[]; upgrade: Upgrade }[] = [
  {
    before: 7,
    ops: ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less', 'Gemm'],
    upgrade: dropBroadcast,
  },
  { before: 7, ops: ['BatchNormalization', 'Dropout'], upgrade: dropTestFlag },
  { before: 7, ops: ['PRelu'], upgrade: sharedSlopeOnly },
  { before: 7, ops: ['Upsample', 'RNN', 'LSTM', 'GRU'], upgrade: refuse },
  { before: 6, ops: ['Cast', 'Tile'], upgrade: refuse },
  { before: 5, ops: ['Reshape'], upgrade: shapeAsInput },
  { before: 4, ops: ['Concat'], upgrade: concatAlongChannels },
  { before: 2, ops: ['Pad'], upgrade: renamePads },
  { before: 2, ops: ['Split', 'GlobalLpPool', 'LpPool'], upgrade: refuse },
];

function without(node: GraphNode, attribute: string): GraphNode {
  if (!node.attributes.has(attribute)) return node;
  return { ...node, attributes: new Map([...node.attributes].filter(([name]) => name !== attribute)) };
}

function withAttribute(node: GraphNode, name: string, attribute: Attribute): GraphNode {
  return { ...node, attributes: new Map([...node.attributes, [name, attribute]]) };
}
