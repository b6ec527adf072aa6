import type { GraphNode } from './graph';
import type { ResolvedGraph } from './resolve';
import { consumersOf } from './walk';
import { isActivation } from '../ops/activations';
import { sizeOf } from '../tensor/tensor';

/**
 * A convolution or fully connected node together with the bias, batch norm and activation that directly follow it.
 * Its feature maps are taken after the activation.
 */
export interface Layer {
  /** Unique in the model: `conv1`, `features.3`, `fire2/expand3x3`. */
  readonly label: string;
  /** Operators in order, `Conv + BatchNormalization + Relu`. */
  readonly op: string;
  /** The tensor of its feature maps. */
  readonly tensor: string;
  /** Without the batch axis: `[C, H, W]` or `[C]`. */
  readonly shape: readonly number[];
  /** Weights and biases, those of a batch norm included. */
  readonly parameters: number;
  /** The nodes, first to last. */
  readonly nodes: readonly GraphNode[];
}

const layerOps = new Set(['Conv', 'Gemm', 'MatMul', 'ConvTranspose']);
const affineOps = new Set(['BatchNormalization', 'Add', 'Mul', 'Sub', 'Div']);

/** All layers in network order. A layer whose shapes could not be worked out is left out. */
export function findLayers(resolved: ResolvedGraph): Layer[] {
  const consumers = consumersOf(resolved.nodes);
  const outputs = new Set(resolved.graph.outputs.map((value) => value.name));
  const labels = new Set<string>();
  const layers: Layer[] = [];
  for (const node of resolved.nodes) {
    if (!layerOps.has(node.op) || !resolved.constants.has(node.inputs[1] ?? '')) continue;
    const nodes = layerChain(resolved, node, consumers, outputs);
    const tensor = nodes.at(-1)!.outputs[0]!;
    const shape = resolved.shapes.get(tensor);
    if (shape === undefined) continue;
    const label = uniqueLabel(labelOf(node), labels);
    layers.push({
      label,
      op: nodes.map(({ op }) => op).join(' + '),
      tensor,
      shape: shape.slice(1),
      parameters: countParameters(resolved, nodes),
      nodes,
    });
  }
  return layers;
}

/** The node and what directly follows it: affine operators with constants, then one activation. */
function layerChain(
  resolved: ResolvedGraph,
  first: GraphNode,
  consumers: ReadonlyMap<string, readonly GraphNode[]>,
  outputs: ReadonlySet<string>,
): GraphNode[] {
  const nodes = [first];
  for (;;) {
    const tensor = nodes.at(-1)!.outputs[0]!;
    const [next, ...others] = consumers.get(tensor) ?? [];
    if (next === undefined || others.length > 0 || outputs.has(tensor)) return nodes;
    if (isActivation(next.op)) return [...nodes, next];
    const constant = next.inputs.every(
      (name) => name === tensor || name === '' || resolved.constants.has(name),
    );
    if (!affineOps.has(next.op) || !constant) return nodes;
    nodes.push(next);
  }
}

/** Running statistics of a batch norm are measured, not learned, and thresholds of a Clip are neither. */
function countParameters(resolved: ResolvedGraph, nodes: readonly GraphNode[]): number {
  const learned = nodes.filter(({ op }) => layerOps.has(op) || affineOps.has(op) || op === 'PRelu');
  const names = new Set(
    learned.flatMap(({ op, inputs }) => (op === 'BatchNormalization' ? inputs.slice(0, 3) : inputs)),
  );
  let count = 0;
  for (const name of names) {
    const constant = resolved.constants.get(name);
    if (constant) count += sizeOf(constant.dims);
  }
  return count;
}

/** What exporters number where they know no better: `Conv_3`, `node_conv2d_3`, `node_linear`, `n3`. */
const exporterNames =
  /^((node_)?(conv2d|conv|gemm|matmul|linear)_\d+|node_(conv2d|conv|gemm|matmul|linear)|n\d+)$/i;

/**
 * What people call the layer. PyTorch's exporter writes `/features/features.3/Conv`; older exports leave nodes
 * unnamed, and then the weight tells: `features.3.weight`.
 */
export function labelOf(node: GraphNode): string {
  const segments = node.name.split('/').filter((segment) => segment !== '');
  const isOperator = (segment: string): boolean => new RegExp(`^${node.op}(_\\d+)?$`, 'i').test(segment);
  if (node.name.startsWith('/')) {
    // A module may be called `conv`, too: the operator is the last segment alone.
    const modules = segments.filter((segment, i) => i < segments.length - 1 || !isOperator(segment));
    if (modules.length > 0) return joinModules(modules);
  }
  const weight = /^(.+)[./_](weight|kernel|w|W)(_?0)?$/.exec(node.inputs[1] ?? '');
  const unnamed = node.name === `${node.op}_${node.outputs[0]}`;
  if (unnamed || isOperator(node.name) || exporterNames.test(node.name)) {
    return weight?.[1] ?? node.name;
  }
  const trimmed = segments.filter((segment, i) => i === 0 || !/^(BiasAdd|Conv2D|MatMul)$/.test(segment));
  return trimmed.join('/') || node.name;
}

/** PyTorch repeats the path in every segment: `layer1/layer1.0/conv1` is `layer1.0.conv1`. */
function joinModules(modules: readonly string[]): string {
  let path = '';
  let previous = '';
  for (const module of modules) {
    if (path === '' || module === path || module.startsWith(`${path}.`)) path = module;
    else if (module.startsWith(`${previous}.`)) path = path.slice(0, -previous.length) + module;
    else path = `${path}.${module}`;
    previous = module;
  }
  return path;
}

function uniqueLabel(label: string, taken: Set<string>): string {
  let unique = label;
  for (let i = 2; taken.has(unique); i++) unique = `${label} (${i})`;
  taken.add(unique);
  return unique;
}
