import type { Graph, GraphNode } from '../../src/core/graph/graph';
import * as arithmetic from './naive/arithmetic';
import { conv, convTranspose } from './naive/convolution';
import * as dense from './naive/dense';
import * as movement from './naive/movement';
import {
  batchNormalization,
  imageScaler,
  instanceNormalization,
  layerNormalization,
  lrn,
  softmax,
} from './naive/normalization';
import { pointwise } from './naive/pointwise';
import * as pooling from './naive/pooling';
import { resize } from './naive/resize';
import type { NaiveMethod, NaiveOperator, Site } from './naive/site';
import { fromTensor, zeros } from './naive/values';
import type { Values } from './naive/values';

export type { NaiveMethod } from './naive/site';
export type { Values } from './naive/values';

const operators: Readonly<Record<string, NaiveOperator>> = {
  ...pointwise,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pooling.maxPool,
  GlobalMaxPool: pooling.globalMaxPool,
  AveragePool: pooling.averagePool,
  GlobalAveragePool: pooling.globalAveragePool,
  ReduceMean: pooling.reduceMean,
  ReduceMax: pooling.reduceMax,
  BatchNormalization: batchNormalization,
  ImageScaler: imageScaler,
  LRN: lrn,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  Softmax: softmax,
  Add: arithmetic.add,
  Sub: arithmetic.sub,
  Mul: arithmetic.mul,
  Div: arithmetic.div,
  Sum: arithmetic.sum,
  Gemm: dense.gemm,
  MatMul: dense.matMul,
  Concat: movement.concat,
  Split: movement.split,
  Slice: movement.slice,
  Crop: movement.crop,
  Pad: movement.pad,
  Gather: movement.gather,
  Transpose: movement.transpose,
  Reshape: movement.reshape,
  Flatten: movement.flatten,
  Squeeze: movement.squeeze,
  Unsqueeze: movement.unsqueeze,
  Shape: movement.shape,
  Resize: resize,
  Upsample: resize,
};

/** What becomes of a value or a signal that is kept in between two nodes; nothing where left out. */
export type Keep = (value: number) => number;

const exactly: Keep = (value) => value;

function kept(values: Values, keep: Keep): Values {
  return keep === exactly ? values : { ...values, data: values.data.map(keep) };
}

/** Every tensor of one forward pass. */
export interface NaiveRun {
  readonly graph: Graph;
  readonly values: ReadonlyMap<string, Values>;
  /** Tensors that depend on the image. */
  readonly varying: ReadonlySet<string>;
  /** By MaxPool node, where each of its outputs comes from. */
  readonly switches: ReadonlyMap<string, Values>;
}

/**
 * A slow network in float64: plain loops over whole tensors, no windows, no batches of units, no folding. It is
 * written from the paper and the semantics alone and shares no code with `src/core`, so that the two can be
 * held against each other.
 */
export function naiveForward(
  graph: Graph,
  image: { dims: readonly number[]; data: ArrayLike<number> },
  keep: Keep = exactly,
): NaiveRun {
  const values = new Map<string, Values>();
  for (const [name, tensor] of graph.constants) values.set(name, fromTensor(tensor));
  const name = graph.inputs[0]!.name;
  values.set(name, { dims: image.dims, data: Float64Array.from(image.data) });
  const varying = new Set([name]);
  const switches = new Map<string, Values>();
  for (const node of graph.nodes) {
    const outputs = operatorOf(node).forward(siteOf(graph, node, values, varying));
    if (node.op === 'MaxPool') switches.set(node.name, outputs[1]!);
    const varies = node.op !== 'Shape' && node.inputs.some((input) => varying.has(input));
    node.outputs.forEach((output, i) => {
      if (outputs[i]) values.set(output, kept(outputs[i], keep));
      if (varies) varying.add(output);
    });
  }
  return { graph, values, varying, switches };
}

export interface NaiveUnit {
  readonly tensor: string;
  /** Row-major number of the unit in its tensor. */
  readonly element: number;
  /** The unit's activation where left out. */
  readonly seed?: number;
  readonly method?: NaiveMethod;
  readonly keep?: Keep;
}

/** The projection of one unit, in the whole input's dimensions. */
export function naiveProjection(run: NaiveRun, unit: NaiveUnit): Values {
  const { tensor, element, method = 'deconvnet', keep } = unit;
  const activations = valuesOf(run, tensor);
  const start = zeros(activations.dims);
  start.data[element] = unit.seed ?? activations.data[element]!;
  return naiveDown(run, tensor, start, method, keep);
}

/** What arrives at the input when `start` is put in at a tensor, everything else being zero. */
export function naiveDown(
  run: NaiveRun,
  tensor: string,
  start: Values,
  method: NaiveMethod,
  keep: Keep = exactly,
): Values {
  const { graph, varying } = run;
  const signals = new Map([[tensor, start]]);
  const gates = selfGates(run);
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => signals.has(output))) continue;
    const pooled = gateOf(run, node);
    const site = {
      ...siteOf(graph, node, run.values, varying),
      ...(pooled !== undefined && { gate: pooled }),
      method,
      outputs: node.outputs.map((output) => run.values.get(output)),
      signals: node.outputs.map((output) => signals.get(output)),
    };
    const gate = method === 'gradient' ? undefined : gates.get(node);
    const down = gate === undefined ? operatorOf(node).down(site) : arithmetic.downSelfGate(site, gate);
    node.inputs.forEach((input, i) => {
      const arrived = down[i];
      if (!arrived || !varying.has(input)) return;
      const signal = kept(arrived, keep);
      const other = signals.get(input);
      const sum = other && { ...signal, data: signal.data.map((value, k) => value + other.data[k]!) };
      signals.set(input, sum ? kept(sum, keep) : signal);
    });
  }
  const input = graph.inputs[0]!.name;
  return signals.get(input) ?? zeros(valuesOf(run, input).dims);
}

/** The operand of a node that depends on the image through the other operand alone, and on that through a pool of maps. */
function gateOf({ graph }: NaiveRun, { op, inputs: [a = '', b = ''] }: GraphNode): 0 | 1 | undefined {
  if ((op !== 'Mul' && op !== 'Div') || a === b) return undefined;
  const image = graph.inputs[0]!.name;
  const isGate = (gate: string, x: string): boolean =>
    reached(graph, x, (node) => !pools.has(node.op)).has(gate) === false &&
    reached(graph, x, () => true).has(gate) &&
    !reached(graph, image, ({ outputs }) => !outputs.includes(x)).has(gate);
  if (isGate(b, a)) return 1;
  return isGate(a, b) ? 0 : undefined;
}

const pools = new Set(['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'ReduceMax']);

/** The tensors that depend on one, by way of some of the nodes. */
function reached(graph: Graph, from: string, through: (node: GraphNode) => boolean): ReadonlySet<string> {
  const tensors = new Set([from]);
  for (const node of graph.nodes) {
    if (through(node) && node.inputs.some((input) => tensors.has(input)))
      node.outputs.forEach((output) => tensors.add(output));
  }
  return tensors;
}

/** Nodes `x * f(x)` with the number of the operand that is `x`. */
function selfGates({ graph, varying, values }: NaiveRun): Map<GraphNode, 0 | 1> {
  const gates = new Map<GraphNode, 0 | 1>();
  for (const node of graph.nodes) {
    if (node.op !== 'Mul' || !node.inputs.every((input) => varying.has(input))) continue;
    for (const x of [0, 1] as const) {
      if (isFunctionOf(graph, varying, values, node.inputs[1 - x]!, node.inputs[x]!)) gates.set(node, x);
    }
  }
  return gates;
}

const functionOps = new Set([...Object.keys(pointwise), 'Add', 'Sub', 'Mul', 'Div']);

/** Whether a tensor comes from `x` value by value, through activation functions and arithmetic with constants. */
function isFunctionOf(
  graph: Graph,
  varying: ReadonlySet<string>,
  values: ReadonlyMap<string, Values>,
  tensor: string,
  x: string,
): boolean {
  let at = tensor;
  while (at !== x) {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(at));
    const [only, ...others] = node?.inputs.filter((input) => varying.has(input)) ?? [];
    if (!node || !functionOps.has(node.op) || only === undefined || others.length > 0) return false;
    if (node.inputs.some((input) => input !== only && values.get(input)!.data.length !== 1)) return false;
    at = only;
  }
  return tensor !== x;
}

function operatorOf(node: GraphNode): NaiveOperator {
  const operator = operators[node.op];
  if (!operator || node.domain !== '') throw new Error(`The naive network knows no ${node.op}`);
  return operator;
}

function siteOf(
  graph: Graph,
  node: GraphNode,
  values: ReadonlyMap<string, Values>,
  varying: ReadonlySet<string>,
): Site {
  return {
    node,
    opset: graph.opset,
    inputs: node.inputs.map((name) => (name === '' ? undefined : values.get(name))),
    varies: node.inputs.map((name) => varying.has(name)),
  };
}

export function valuesOf(run: NaiveRun, tensor: string): Values {
  const values = run.values.get(tensor);
  if (!values) throw new Error(`The naive network has no tensor "${tensor}"`);
  return values;
}
