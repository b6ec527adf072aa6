import type { Graph, GraphNode, Value as GraphValue } from '../../graph/graph';
import { metadataKeys } from '../onnx/metadata';
import { topologicalOrder } from '../onnx/topology';
import { createBuilder, type Value } from './builder';
import { parseNodes, shapeAttribute, tensorKey, type TfNode } from './graphDef';
import { layerName, sharedFolder } from './graphLabels';
import type { NodeCall, Operand } from './graphCall';
import { graphOperators } from './graphOperators';
import { isFields, type Fields } from './json';
import { TFJS_OPSET } from './layersModel';
import { perAxisFromNhwc } from './nhwc';
import type { Weights } from './weights';
import { badModelDescription, unsupportedLayer } from './refusals';

const filtering = new Set([
  'Conv2D', '_FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2dNative', 'MatMul', '_FusedMatMul',
]); // prettier-ignore

/**
 * A graph model, a frozen TensorFlow graph, as a graph of ONNX operators. Fused nodes become the nodes they were made of,
 * and layers get the names they had before. An operator that is not known is a `UserError`: no runtime could compute it
 * either. `signature` names the outputs; without it they are what nothing reads.
 */
export function graphModelGraph(topology: Fields, weights: Weights, signature: unknown): Graph {
  const all = parseNodes(topology);
  const outputs = outputKeys(all, signature);
  const nodes = ordered(reachable(all, outputs));
  const names = nodeNames(nodes);
  const builder = createBuilder();
  const operands = new Map<string, Operand>();
  const inputs: GraphValue[] = [];
  for (const node of nodes) {
    const read = node.inputs.map((key) => operands.get(key)!);
    operands.set(`${node.name}:0`, operandOf(node, read));
  }
  return {
    name: '',
    opset: TFJS_OPSET,
    domains: new Map(),
    inputs,
    outputs: outputs.map((key) => ({
      name: valueOf(operands.get(key), key).name,
      type: 'float32',
      shape: null,
    })),
    nodes: builder.nodes,
    constants: builder.constants,
    metadata: new Map([[metadataKeys.producerName, 'tensorflow']]),
  };

  function operandOf(node: TfNode, read: readonly Operand[]): Operand {
    if (node.op === 'Placeholder') return placeholder(node);
    if (node.op === 'Const') return { kind: 'weight', name: node.name, tensor: weights.get(node.name) };
    const name = names.get(node)!;
    const translate = Object.hasOwn(graphOperators, node.op) ? graphOperators[node.op] : undefined;
    if (translate === undefined)
      throw unsupportedLayer(name, node.op, 'operators of this kind are not known');
    const call: NodeCall = { builder, node, name, kind: node.op, operands: read };
    return translate(call);
  }

  function placeholder(node: TfNode): Operand {
    const shape = shapeAttribute(node);
    if (shape === undefined)
      throw badModelDescription(`it does not give the shape of its input "${node.name}"`);
    const name = builder.reserve(node.name);
    inputs.push({ name, type: 'float32', shape: perAxisFromNhwc(shape) });
    return { kind: 'value', value: { name, rank: shape.length } };
  }
}

function valueOf(operand: Operand | undefined, key: string): Value {
  if (operand?.kind === 'value') return operand.value;
  throw badModelDescription(`its output "${key}" does not depend on the input`);
}

function outputKeys(nodes: readonly TfNode[], signature: unknown): string[] {
  const declared = isFields(signature) && isFields(signature.outputs) ? Object.values(signature.outputs) : [];
  const named = declared.flatMap((output) =>
    isFields(output) && typeof output.name === 'string' ? [tensorKey(output.name)] : [],
  );
  if (named.length > 0) return named;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(nodeOf)));
  const last = nodes.filter(({ name, op }) => !read.has(name) && op !== 'Const' && op !== 'NoOp');
  if (last.length === 0) throw badModelDescription('it has no outputs');
  return last.map(({ name }) => `${name}:0`);
}

function nodeOf(key: string): string {
  return key.replace(/:\d+$/, '');
}

/** The nodes that the outputs need. */
function reachable(nodes: readonly TfNode[], outputs: readonly string[]): TfNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const pending = outputs.map(nodeOf);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    const node = byName.get(name);
    if (node === undefined) throw badModelDescription(`nothing in it makes "${name}"`);
    needed.add(name);
    pending.push(...node.inputs.map(nodeOf));
  }
  return nodes.filter(({ name }) => needed.has(name));
}

function ordered(nodes: readonly TfNode[]): TfNode[] {
  const byNode = new Map(nodes.map((node) => [asNode(node), node] as const));
  const sorted = topologicalOrder({ nodes: [...byNode.keys()], given: new Set(), captures: new Map() });
  return sorted.map((node) => byNode.get(node)!);
}

/** Only first outputs are read anywhere: what else an operator makes is for training. */
function asNode({ name, op, inputs }: TfNode): GraphNode {
  return { name, op, domain: '', inputs, outputs: [`${name}:0`], attributes: new Map() };
}

/** Layers without the name of the model that they share; other nodes likewise. */
function nodeNames(nodes: readonly TfNode[]): Map<TfNode, string> {
  const layers = new Map(
    nodes
      .filter(({ op }) => filtering.has(op))
      .map((node) => [node, layerName(node, nodeOf(node.inputs[1] ?? ''))]),
  );
  const prefix = sharedFolder([...layers.values()]);
  const shortened = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  return new Map(
    nodes.map((node) => [
      node,
      shortened(layers.get(node) ?? node.name.replace(/^(Stateful)?PartitionedCall\//, '')),
    ]),
  );
}
