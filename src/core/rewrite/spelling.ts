import type { Attribute, Graph, GraphNode } from '../graph/graph';
import { consumersOf } from '../graph/walk';

/** A graph with the node that makes each tensor. */
export interface View {
  readonly graph: Graph;
  readonly producers: ReadonlyMap<string, GraphNode>;
}

/** What several nodes of a graph amount to: one node with the same output. */
export interface Meaning {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Tells what the node together with others in front of it spells out, where it does. */
export type Reader = (view: View, node: GraphNode) => Meaning | undefined;

export function viewOf(graph: Graph): View {
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes)
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
  return { graph, producers };
}

/** Writes everything that a reader finds as one node, and leaves out what only those spellings needed. */
export function respell(graph: Graph, read: Reader): Graph {
  const view = viewOf(graph);
  const replaced = new Map<GraphNode, GraphNode>();
  for (const node of graph.nodes) {
    const meaning = node.domain === '' ? read(view, node) : undefined;
    if (meaning) replaced.set(node, asNode(node, meaning));
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes: withoutUnused(view, nodes, [...replaced.keys()]) };
}

function asNode({ name, outputs }: GraphNode, { op, inputs, attributes = {} }: Meaning): GraphNode {
  return { name, op, domain: '', inputs, outputs, attributes: new Map(Object.entries(attributes)) };
}

/** The one number that a constant tensor holds. */
export function scalarOf({ graph }: View, tensor: string): number | undefined {
  const constant = graph.constants.get(tensor);
  return constant?.data.length === 1 ? Number(constant.data[0]) : undefined;
}

/** Both ways round of a node with two inputs. */
export function bothWays({ inputs: [a = '', b = ''] }: GraphNode): readonly (readonly [string, string])[] {
  return [
    [a, b],
    [b, a],
  ];
}

/** `tensor` is `scale` times another one. */
export interface Scaled {
  readonly scale: number;
  readonly tensor: string;
}

/** The tensor itself, and what it is a multiple of: products with and quotients by single numbers taken off. */
export function multiplesOf(view: View, tensor: string): readonly Scaled[] {
  const found: Scaled[] = [{ scale: 1, tensor }];
  for (let last = found[0]; last !== undefined;) {
    const next = factorOf(view, last.tensor);
    last = next && { scale: last.scale * next.scale, tensor: next.tensor };
    if (last) found.push(last);
  }
  return found;
}

function factorOf(view: View, tensor: string): Scaled | undefined {
  const node = view.producers.get(tensor);
  if (node?.op === 'Div') {
    const divisor = scalarOf(view, node.inputs[1]!);
    return divisor === undefined ? undefined : { scale: 1 / divisor, tensor: node.inputs[0]! };
  }
  if (node?.op !== 'Mul') return undefined;
  for (const [factor, other] of bothWays(node)) {
    const scale = scalarOf(view, factor);
    if (scale !== undefined) return { scale, tensor: other };
  }
  return undefined;
}

/** What is added to `tensor`'s other part: a single number. */
export function shiftedBy(
  view: View,
  tensor: string,
): { readonly shift: number; readonly tensor: string } | undefined {
  const node = view.producers.get(tensor);
  if (node?.op !== 'Add') return undefined;
  for (const [part, other] of bothWays(node)) {
    const shift = scalarOf(view, part);
    if (shift !== undefined) return { shift, tensor: other };
  }
  return undefined;
}

/** The x of a tensor that is x². */
export function squareRootOf(view: View, tensor: string): string | undefined {
  const node = view.producers.get(tensor);
  const [a, b] = node?.inputs ?? [];
  if (node?.op === 'Mul') return a === b ? a : undefined;
  return node?.op === 'Pow' && scalarOf(view, b!) === 2 ? a : undefined;
}

/** Whether two numbers are the same but for the digits that exporters write. */
export function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-4 * Math.max(1, Math.abs(b));
}

/** Leaves out the nodes that only the replaced ones needed. */
function withoutUnused(
  { graph, producers }: View,
  nodes: readonly GraphNode[],
  replaced: readonly GraphNode[],
): readonly GraphNode[] {
  const readers = new Map<string, number>();
  for (const [tensor, consumers] of consumersOf(nodes)) readers.set(tensor, consumers.length);
  for (const { name } of graph.outputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  const unused = new Set<GraphNode>();
  const suspects = replaced.flatMap(({ inputs }) => inputs);
  for (let tensor = suspects.pop(); tensor !== undefined; tensor = suspects.pop()) {
    const node = producers.get(tensor);
    if (node === undefined || unused.has(node) || node.outputs.some((output) => readers.get(output)))
      continue;
    unused.add(node);
    for (const input of new Set(node.inputs)) {
      readers.set(input, (readers.get(input) ?? 1) - 1);
      suspects.push(input);
    }
  }
  return nodes.filter((node) => !unused.has(node));
}
