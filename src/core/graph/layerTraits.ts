import { intAttribute, intsAttribute, stringAttribute } from './attributes';
import type { Graph, GraphNode } from './graph';
import type { Layer } from './layers';
import type { ResolvedGraph } from './resolve';

/** What code says about a layer, read off the graph: names and the geometry of its filters. */
export interface LayerTraits {
  /** Names that the file gives to the layer, most telling first: its label, its node, its weights. */
  readonly names: readonly string[];
  readonly kind: 'convolution' | 'transposedConvolution' | 'dense';
  /** Channels that go in, of all groups. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** `[height, width]`; `[1, 1]` for a fully connected layer, as are stride and dilation; its padding is `[0, 0]`. */
  readonly kernel: readonly [height: number, width: number];
  readonly stride: readonly [height: number, width: number];
  readonly dilation: readonly [height: number, width: number];
  /** `null` where it differs from side to side, or follows from the size of the input. */
  readonly padding: readonly [height: number, width: number] | null;
  readonly groups: number;
}

/** The traits of a layer of `resolved`. Its weights are constant: `findLayers` finds no others. */
export function traitsOf({ label, nodes }: Layer, { constants, graph }: ResolvedGraph): LayerTraits {
  const node = nodes[0]!;
  const weights = node.inputs[1]!;
  const dims = constants.get(weights)!.dims;
  const names = [...new Set([label, node.name, ...namesOfWeights(weights, graph)])];
  if (node.op === 'Conv' || node.op === 'ConvTranspose') {
    const groups = intAttribute(node, 'group', 1);
    const [first = 0, second = 0] = dims;
    const transposed = node.op === 'ConvTranspose';
    return {
      names,
      kind: transposed ? 'transposedConvolution' : 'convolution',
      inChannels: transposed ? first : second * groups,
      outChannels: transposed ? second * groups : first,
      kernel: pair(dims.slice(2)),
      stride: pair(intsAttribute(node, 'strides')),
      dilation: pair(intsAttribute(node, 'dilations')),
      padding: paddingOf(node, dims.length - 2),
      groups,
    };
  }
  const transposed = node.op === 'Gemm' && intAttribute(node, 'transB', 0) !== 0;
  const [rows = 0, columns = 0] = dims.slice(-2);
  return {
    names,
    kind: 'dense',
    inChannels: transposed ? columns : rows,
    outChannels: transposed ? rows : columns,
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 0],
    groups: 1,
  };
}

/** What gives numbers another shape, and changes none. */
const reshaping = ['Reshape', 'Unsqueeze', 'Squeeze', 'Flatten', 'Transpose', 'Identity'];

/** The name of weights, and of those that they are in another shape: exporters may write `self.conv.weight.view(…)` as it stands. */
function namesOfWeights(weights: string, graph: Graph): string[] {
  if (graph.constants.has(weights)) return [weights];
  const producer = graph.nodes.find(({ op, outputs }) => reshaping.includes(op) && outputs[0] === weights);
  const [source] = producer?.inputs ?? [];
  return source === undefined ? [weights] : [weights, ...namesOfWeights(source, graph)];
}

function paddingOf(node: GraphNode, axes: number): readonly [number, number] | null {
  const automatic = stringAttribute(node, 'auto_pad', 'NOTSET');
  if (automatic === 'VALID') return [0, 0];
  if (automatic !== 'NOTSET') return null;
  const pads = intsAttribute(node, 'pads') ?? Array<number>(2 * axes).fill(0);
  const before = pads.slice(0, axes);
  if (before.some((pad, axis) => pad !== pads[axes + axis])) return null;
  const [height = 0, width] = before;
  return width === undefined ? [0, height] : [height, width];
}

/** Height and width; a one-dimensional convolution has height 1. */
function pair(values: readonly number[] = []): readonly [number, number] {
  const [height = 1, width] = values;
  return width === undefined ? [1, height] : [height, width];
}
