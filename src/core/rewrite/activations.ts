import { floatAttribute } from '../graph/attributes';
import type { Graph, GraphNode } from '../graph/graph';
import { consumersOf } from '../graph/walk';

/**
 * Finds activation functions that exporters spell out, x * Sigmoid(x) as Swish, x * Clip(x + 3, 0, 6) / 6 as HardSwish and
 * x * Tanh(Softplus(x)) as Mish, and writes each as one node with the same output. For looking at a graph; the
 * graph that runs keeps its spelling.
 */
export function recogniseActivations(graph: Graph): Graph {
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const replaced = new Map<GraphNode, GraphNode>();
  for (const node of graph.nodes) {
    const found = spelledActivation({ graph, producers }, node);
    if (found) replaced.set(node, asNode(node, found));
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes: withoutUnused(graph, nodes, producers, [...replaced.keys()]) };
}

interface Spelling {
  readonly op: 'Swish' | 'HardSwish' | 'Mish';
  /** The tensor the activation is applied to. */
  readonly input: string;
}

interface View {
  readonly graph: Graph;
  readonly producers: ReadonlyMap<string, GraphNode>;
}

function asNode({ name, outputs }: GraphNode, { op, input }: Spelling): GraphNode {
  return { name, op, domain: '', inputs: [input], outputs, attributes: new Map() };
}

/** The activation whose result a node makes. */
function spelledActivation(view: View, node: GraphNode): Spelling | undefined {
  const whole = scaledBySixth(view, node);
  if (whole !== undefined) {
    const product = view.producers.get(whole);
    const input = product && selfProduct(product, (gate, x) => isClippedSum(view, gate, x));
    return input === undefined ? undefined : { op: 'HardSwish', input };
  }
  const gates: Readonly<Record<Spelling['op'], (gate: string, x: string) => boolean>> = {
    Swish: (gate, x) => isUnary(view, gate, 'Sigmoid', x),
    Mish: (gate, x) => isUnary(view, gate, 'Tanh', x, 'Softplus'),
    HardSwish: (gate, x) => isHardSigmoid(view, gate, x),
  };
  for (const op of ['Swish', 'Mish', 'HardSwish'] as const) {
    const input = selfProduct(node, gates[op]);
    if (input !== undefined) return { op, input };
  }
  return undefined;
}

/** The x of a product of x with a gate made of x alone. */
function selfProduct(node: GraphNode, isGate: (gate: string, x: string) => boolean): string | undefined {
  if (node.op !== 'Mul' || node.domain !== '') return undefined;
  const [a = '', b = ''] = node.inputs;
  if (isGate(b, a)) return a;
  return isGate(a, b) ? b : undefined;
}

function isUnary({ producers }: View, tensor: string, op: string, x: string, inner?: string): boolean {
  const node = producers.get(tensor);
  if (node?.op !== op) return false;
  if (inner === undefined) return node.inputs[0] === x;
  const before = producers.get(node.inputs[0]!);
  return before?.op === inner && before.inputs[0] === x;
}

/** HardSigmoid as a node with the slope of HardSwish, or Clip(x + 3, 0, 6) / 6. */
function isHardSigmoid(view: View, tensor: string, x: string): boolean {
  const node = view.producers.get(tensor);
  if (node === undefined) return false;
  if (node.op === 'HardSigmoid') {
    const [alpha, beta] = [floatAttribute(node, 'alpha', 0.2), floatAttribute(node, 'beta', 0.5)];
    return node.inputs[0] === x && Math.abs(alpha - 1 / 6) < 1e-4 && beta === 0.5;
  }
  const clipped = scaledBySixth(view, node);
  return clipped !== undefined && isClippedSum(view, clipped, x);
}

/** What a node divides by 6, or multiplies with a sixth. */
function scaledBySixth({ graph }: View, node: GraphNode): string | undefined {
  const [a = '', b = ''] = node.inputs;
  if (node.op === 'Div') return isScalar(graph, b, 6) ? a : undefined;
  if (node.op !== 'Mul') return undefined;
  if (isScalar(graph, b, 1 / 6)) return a;
  return isScalar(graph, a, 1 / 6) ? b : undefined;
}

/** Whether a tensor is Clip(x + 3, 0, 6). */
function isClippedSum({ graph, producers }: View, tensor: string, x: string): boolean {
  const clip = producers.get(tensor);
  if (clip?.op !== 'Clip') return false;
  const bound = (input: number, name: string): number =>
    Number(graph.constants.get(clip.inputs[input] ?? '')?.data[0] ?? floatAttribute(clip, name, NaN));
  if (bound(1, 'min') !== 0 || bound(2, 'max') !== 6) return false;
  const sum = producers.get(clip.inputs[0]!);
  if (sum?.op !== 'Add') return false;
  const [a = '', b = ''] = sum.inputs;
  return (a === x && isScalar(graph, b, 3)) || (b === x && isScalar(graph, a, 3));
}

function isScalar({ constants }: Graph, name: string, value: number): boolean {
  const tensor = constants.get(name);
  return tensor?.data.length === 1 && Math.abs(Number(tensor.data[0]) - value) < 1e-4;
}

/** Leaves out the nodes that only the replaced ones needed. */
function withoutUnused(
  graph: Graph,
  nodes: readonly GraphNode[],
  producers: ReadonlyMap<string, GraphNode>,
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
