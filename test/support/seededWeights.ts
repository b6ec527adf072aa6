import { seededRandom, type Random } from './random';
import { intAttribute } from '../../src/core/graph/attributes';
import type { Graph, GraphNode } from '../../src/core/graph/graph';
import { floatTensor, sizeOf, toNumbers, type Dims } from '../../src/core/tensor/tensor';

/**
 * A graph that was published without its weights, with seeded ones of the shapes that it declares. Such files make the weights by
 * ConstantOfShape and keep the trained values of small tensors alone; these are replaced as well, since they belong to the weights
 * that are gone. Filters are He-scaled and of zero sum, all else is close to the identity; `withLivelyMaps` sees to it that no map is silent.
 */
export function withSeededWeights(graph: Graph, { seed = 1 } = {}): Graph {
  const random = seededRandom(seed);
  const readers = readersOf(graph);
  const constants = new Map(graph.constants);
  const shapes = new Map<string, Dims>();
  for (const [name, { type, dims }] of constants) if (type === 'float32') shapes.set(name, dims);
  for (const { op, inputs, outputs } of graph.nodes)
    if (op === 'ConstantOfShape') shapes.set(outputs[0]!, toNumbers(graph.constants.get(inputs[0]!)!));
  for (const [name, dims] of shapes) {
    const reader = readers.get(name);
    if (reader) constants.set(name, floatTensor(dims, weightsOf(reader, dims, random)));
  }
  return { ...graph, constants, nodes: graph.nodes.filter(({ outputs }) => !shapes.has(outputs[0]!)) };
}

/** The node that reads a tensor, and as which of its inputs. */
interface Reader {
  readonly node: GraphNode;
  readonly input: number;
}

/** The first reader of every tensor. What is only brought into another shape is read by the node behind. */
function readersOf({ nodes }: Graph): ReadonlyMap<string, Reader> {
  const readers = new Map<string, Reader>();
  for (const node of nodes.toReversed()) {
    const isShaping = node.op === 'Unsqueeze' || node.op === 'Reshape';
    const behind = isShaping ? readers.get(node.outputs[0]!) : undefined;
    node.inputs.forEach((name, input) => readers.set(name, behind ?? { node, input }));
  }
  return readers;
}

/** Of parameters that are no filters: the middle and the width of the range they are drawn from. */
const ranges: Readonly<Record<string, readonly [middle: number, width: number]>> = {
  'Conv 2': [0, 0.1],
  'Gemm 2': [0, 0.1],
  'BatchNormalization 1': [1, 0.5],
  'BatchNormalization 2': [0, 0.2],
  'BatchNormalization 3': [0, 0.2],
  'BatchNormalization 4': [1, 0.5],
  'Mul 1': [1, 0.5],
  'Add 1': [0, 0.2],
};

function weightsOf({ node, input }: Reader, dims: Dims, random: Random): Float32Array {
  const role = `${node.op} ${input}`;
  if (role === 'Conv 1') return filters(dims, sizeOf(dims.slice(1)), random);
  if (role === 'Gemm 1' && intAttribute(node, 'transB', 0) === 1) return filters(dims, dims.at(-1)!, random);
  const range = ranges[role];
  if (range === undefined) throw new Error(`No weights for input ${input} of ${node.op} "${node.name}"`);
  const [middle, width] = range;
  return Float32Array.from({ length: sizeOf(dims) }, () => middle + width * (random() - 0.5));
}

/** He et al. 2015, section 2.2: a variance of 2 over the inputs of a unit. Uniform, as there may be a hundred million. */
function filters(dims: Dims, length: number, random: Random): Float32Array {
  const data = new Float32Array(sizeOf(dims));
  const bound = Math.sqrt(6 / length);
  for (let start = 0; start < data.length; start += length) {
    let sum = 0;
    for (let i = start; i < start + length; i++) sum += data[i] = bound * (2 * random() - 1);
    for (let i = start; length > 1 && i < start + length; i++) data[i]! -= sum / length;
  }
  return data;
}
