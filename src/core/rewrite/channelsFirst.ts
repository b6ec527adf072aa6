import { toFirst, toLast, transposed } from './mapsFirst';
import { intAttribute, intsAttribute } from '../graph/attributes';
import type { Graph, GraphNode } from '../graph/graph';
import { isActivation } from '../ops/activations';

/** A graph whose feature maps all come before their positions. */
export interface ChannelsFirst {
  readonly graph: Graph;
  /** Tensors that the file's graph has as `[N, H, W, C]` and this graph as `[N, C, H, W]`. */
  readonly turned: ReadonlySet<string>;
}

/** What is known on the way through the nodes. */
interface Walk {
  readonly turned: Set<string>;
  /** Tensors that do not depend on the image, with the axes of those whose file says how many they have. */
  readonly constants: Map<string, number | undefined>;
}

/**
 * ConvNeXt and its like turn feature maps to `[N, H, W, C]`, apply layer norms and fully connected layers to the channels, and turn
 * them back. In the graph that is looked at the two turns become nothing, and what stands between works on axis 1, marked
 * by the attribute `channelsFirst`, so that every unit there is a feature map at a position with a local receptive field.
 */
export function channelsFirst(graph: Graph): ChannelsFirst {
  const ranks = [...graph.constants].map(([name, { dims }]) => [name, dims.length] as const);
  const walk: Walk = { turned: new Set(), constants: new Map(ranks) };
  if (graph.nodes.some(hasSubgraph)) return { graph, turned: walk.turned };
  const nodes = graph.nodes.flatMap((node) => translated(walk, node));
  return { graph: walk.turned.size === 0 ? graph : { ...graph, nodes }, turned: walk.turned };
}

function translated(walk: Walk, node: GraphNode): readonly GraphNode[] {
  const { turned, constants } = walk;
  if (node.inputs.every((input) => input === '' || constants.has(input))) {
    for (const output of node.outputs) constants.set(output, undefined);
    return [node];
  }
  if (isTurn(node, toLast) && !turned.has(node.inputs[0]!)) {
    turned.add(node.outputs[0]!);
    return [asIdentity(node)];
  }
  if (!node.inputs.some((input) => turned.has(input))) return [node];
  if (isTurn(node, toFirst)) return [asIdentity(node)];
  const inside = node.domain === '' ? betweenTurns(walk, node) : undefined;
  if (inside === undefined) return turnedBack(walk, node);
  turned.add(node.outputs[0]!);
  return inside;
}

/** Subgraphs of control flow read tensors that their nodes do not name. */
function hasSubgraph({ attributes }: GraphNode): boolean {
  return [...attributes.values()].some(({ kind }) => kind === 'opaque');
}

function isTurn(node: GraphNode, order: readonly number[]): boolean {
  const permutation = node.op === 'Transpose' ? intsAttribute(node, 'perm') : undefined;
  return permutation?.length === 4 && permutation.every((axis, i) => axis === order[i]);
}

function asIdentity(node: GraphNode): GraphNode {
  return { ...node, op: 'Identity', attributes: new Map() };
}

/** The nodes that do on axis 1 what a node does on the last; undefined where that is not known. */
function betweenTurns(walk: Walk, node: GraphNode): readonly GraphNode[] | undefined {
  const { turned, constants } = walk;
  const [first = '', second = ''] = node.inputs;
  const pointwise = isActivation(node.op) || node.op === 'Identity' || node.op === 'Dropout';
  if (pointwise && node.op !== 'PRelu') return [node];
  if (node.op === 'LayerNormalization') {
    const axis = intAttribute(node, 'axis', -1);
    return axis === -1 || axis === 3 ? [marked(node)] : undefined;
  }
  if (node.op === 'MatMul') return turned.has(first) && constants.has(second) ? [marked(node)] : undefined;
  if (node.op !== 'Add' && node.op !== 'Sub' && node.op !== 'Mul' && node.op !== 'Div') return undefined;
  if (turned.has(first) && turned.has(second)) return [node];
  const [parameter, place] = turned.has(first) ? [second, 1] : [first, 0];
  const rank = constants.get(parameter);
  if (rank === 0) return [node];
  return rank === 1 ? withSpread(node, parameter, place) : undefined;
}

/** Lets a constant with one entry for each channel meet axis 1. */
function withSpread(node: GraphNode, parameter: string, place: number): readonly GraphNode[] {
  const spread: GraphNode = {
    name: `${node.name}:channels`,
    op: 'Unsqueeze',
    domain: '',
    inputs: [parameter],
    outputs: [`${parameter}:${node.name}`],
    attributes: new Map([['axes', { kind: 'ints', value: [1, 2] }]]),
  };
  const inputs = node.inputs.map((input, i) => (i === place ? spread.outputs[0]! : input));
  return [spread, { ...node, inputs }];
}

function marked(node: GraphNode): GraphNode {
  return { ...node, attributes: new Map([...node.attributes, ['channelsFirst', { kind: 'int', value: 1 }]]) };
}

/** Any other reader gets the tensors as the model has them. */
function turnedBack({ turned }: Walk, node: GraphNode): readonly GraphNode[] {
  const turns: GraphNode[] = [];
  const inputs = node.inputs.map((input, i) => {
    if (!turned.has(input)) return input;
    const output = `${input}:${node.name}:${i}`;
    turns.push(transposed(input, output, toLast));
    return output;
  });
  return [...turns, { ...node, inputs }];
}
