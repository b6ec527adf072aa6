import { intAttribute } from '../graph/attributes';
import type { Graph, GraphNode } from '../graph/graph';
import { resolveGraph, siteOf, type ResolvedGraph } from '../graph/resolve';
import type { Network } from '../network';
import { isActivation } from '../ops/activations';
import { elementSources, isLayout } from '../ops/layout';
import { reducedAxes } from '../ops/pooling';
import { inputDims, normalizeAxis, outputDims, type Site } from '../ops/site';
import { int64Vector, sizeOf, type Dims } from '../tensor/tensor';

/** Whether a model computes several images in one forward pass, and the graph that does. */
export type Batching =
  | { readonly kind: 'open'; readonly graph: Graph }
  /** One image a pass; `reason` is one sentence that names the node. */
  | { readonly kind: 'single'; readonly reason: string };

/** With how many images the proof is made: with two, what mixes images or forgets one shows. */
const proofBatch = 2;

/**
 * A model's graph with an open batch axis, also where the file fixes it at 1: every Reshape leaves the number of images
 * open instead of naming it. Each image is then one block of every tensor, row-major, and every node is shown to
 * compute a block of its outputs from the same block of its inputs, so that a pass of N images gives what N passes
 * give up to rounding. Where that cannot be shown of some node, the model keeps to single images.
 */
export function openBatch(network: Network): Batching {
  const { graph } = network.resolved;
  const { name, dims } = network.input;
  const single = resolveGraph(graph, { inputs: new Map([[name, dims]]) });
  const rewritten = withOpenBatch(network, single);
  const batched = resolveGraph(rewritten, { inputs: new Map([[name, [proofBatch, ...dims.slice(1)]]]) });
  for (const node of batched.nodes) {
    const problem = mixing(node, single, batched);
    if (problem) return { kind: 'single', reason: `Node "${node.name}" (${node.op}) ${problem}.` };
  }
  return { kind: 'open', graph: rewritten };
}

function withOpenBatch(network: Network, single: ResolvedGraph): Graph {
  const { graph } = single;
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.map((node) => {
    const target = node.op === 'Reshape' && node.domain === '' && single.shapes.get(node.outputs[0]!);
    if (!target || target.length === 0 || single.constants.has(node.outputs[0]!)) return node;
    const shape = `${node.outputs[0]}:shape`;
    constants.set(shape, int64Vector([-1, ...target.slice(1)]));
    return { ...node, inputs: [node.inputs[0]!, shape] };
  });
  return {
    ...graph,
    nodes,
    constants,
    inputs: graph.inputs.map((input) => ({ ...input, shape: [null, ...network.input.dims.slice(1)] })),
    outputs: graph.outputs.map((output) => ({ ...output, shape: null })),
  };
}

/** Why a node may mix images, completing "Node … "; undefined where it is shown not to. */
function mixing(node: GraphNode, single: ResolvedGraph, batched: ResolvedGraph): string | undefined {
  for (const name of [...node.inputs, ...node.outputs]) {
    if (name === '' || batched.constants.has(name)) continue;
    if (!isStack(batched.shapes.get(name), single.shapes.get(name))) {
      return 'does not grow with the number of images';
    }
  }
  if (node.inputs.some((name) => dependsOnBatch(name, single, batched))) {
    return 'computes with the number of images';
  }
  const check = node.domain === '' ? checkOf(node.op) : undefined;
  if (check === undefined) return 'is not known to keep images apart';
  return check(siteOf(batched, node)) ? undefined : 'may mix images';
}

/** Whether dimensions are those of one image repeated along the first axis. */
function isStack(batched: Dims | undefined, single: Dims | undefined): boolean {
  if (batched === undefined || single === undefined || single.length === 0) return false;
  return batched.every((dim, axis) => dim === (axis === 0 ? proofBatch * single[0]! : single[axis]));
}

/** Whether a constant was worked out from the batch axis, as from the Shape of the image. */
function dependsOnBatch(name: string, single: ResolvedGraph, batched: ResolvedGraph): boolean {
  const value = batched.constants.get(name);
  if (value === undefined || batched.graph.constants.has(name)) return false;
  const { data } = value;
  const before = single.constants.get(name)?.data;
  return data.length !== before?.length || data.some((element, i) => element !== before[i]);
}

type Check = (site: Site) => boolean;

function checkOf(op: string): Check | undefined {
  if (isLayout(op)) return movesWithinImages;
  if (op === 'PRelu') return operandsMatch;
  if (isActivation(op)) return onlyFirstInput;
  return Object.hasOwn(checks, op) ? checks[op] : undefined;
}

/** Further inputs are parameters, and a second output that counts over the whole batch is not read. */
const onlyFirstInput: Check = ({ node, constants }) =>
  node.inputs.every((name, i) => i === 0 || name === '' || constants.has(name)) &&
  node.outputs.slice(1).every((name) => name === '');

/** Means and maxima that no image shares with another. */
const withinImages: Check = (site) => !reducedAxes(site).includes(0);

/** Operands with images have them on the same axis; the others say the same to every image. */
const operandsMatch: Check = (site) => {
  const [images, ...axes] = outputDims(site);
  return site.node.inputs.every((name, i) => {
    const dims = inputDims(site, i);
    if (dims.length < axes.length + 1) return site.constants.has(name);
    return dims[0] === (site.constants.has(name) ? 1 : images);
  });
};

const apartFromFirstAxis =
  (fallback: (rank: number) => number): Check =>
  (site) => {
    const { length: rank } = inputDims(site, 0);
    const axis = normalizeAxis(intAttribute(site.node, 'axis', fallback(rank)), rank);
    return axis > 0 && onlyFirstInput(site);
  };

const softmax = apartFromFirstAxis((rank) => Math.min(1, rank - 1));

const gemm: Check = (site) => {
  const [, , bias = ''] = site.node.inputs;
  const biasDims = bias === '' ? [] : inputDims(site, 2);
  const sameBias = biasDims.length < 2 || biasDims[0] === 1;
  return sameBias && intAttribute(site.node, 'transA', 0) === 0 && onlyFirstInput(site);
};

const matMul: Check = (site) => {
  const [a, b] = [inputDims(site, 0), inputDims(site, 1)];
  const [aConstant, bConstant] = site.node.inputs.map((name) => site.constants.has(name));
  if (aConstant) return false;
  if (bConstant) return sizeOf(b.slice(0, -2)) === 1 && b.length <= a.length;
  return a.length >= 3 && a.length === b.length && a[0] === b[0];
};

/** Every element of an image's block of the output is a copy from the same image's block of the input, or padding. */
const movesWithinImages: Check = (site) =>
  site.node.outputs.every(
    (output, o) =>
      output === '' ||
      site.node.inputs.every((name, i) => {
        const moved = i === 0 || site.node.op === 'Concat';
        if (!moved) return name === '' || site.constants.has(name);
        if (site.constants.has(name)) return false;
        const inputBlock = sizeOf(inputDims(site, i)) / proofBatch;
        const source = elementSources(site, i, o);
        const outputBlock = source.length / proofBatch;
        return source.every(
          (from, to) => from < 0 || Math.floor(from / inputBlock) === Math.floor(to / outputBlock),
        );
      }),
  );

const checks: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(
    [
      'Conv', 'ConvTranspose', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'GlobalMaxPool', 'LRN', 'BatchNormalization',
      'InstanceNormalization', 'Identity', 'Dropout', 'Cast', 'Neg', 'Exp', 'Sqrt', 'Erf', 'Abs', 'Log', 'Floor', 'Ceil',
      'Not', 'Reciprocal', 'Softsign', 'Sign', 'ImageScaler', 'Resize', 'Upsample',
    ].map((op) => [op, onlyFirstInput] as const),
  ),
  ...Object.fromEntries(
    ['Add', 'Sum', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Mean', 'Pow'].map((op) => [op, operandsMatch] as const),
  ),
  Softmax: softmax,
  LogSoftmax: softmax,
  LayerNormalization: apartFromFirstAxis((rank) => rank - 1),
  ReduceMean: withinImages,
  ReduceMax: withinImages,
  Gemm: gemm,
  MatMul: matMul,
}; // prettier-ignore
