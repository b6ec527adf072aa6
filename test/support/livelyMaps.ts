import { gaussians, seededRandom } from './random';
import { runtime } from './recording';
import type { Graph, GraphNode } from '../../src/core/graph/graph';
import { openNetwork } from '../../src/core/network';
import { floatTensor, sizeOf, type FloatTensor, type Tensor } from '../../src/core/tensor/tensor';

/**
 * A graph with the statistics of its batch norms, and the biases of its convolutions, such that over noise the mean of every map is
 * one standard deviation before it is rectified. Deep in a network of random weights the positions of a map are alike, and without
 * this many maps would be silent whatever the picture. From the first fully connected layer on all stays as it is.
 */
export async function withLivelyMaps(graph: Graph): Promise<Graph> {
  const { input, resolved } = openNetwork(graph);
  const noise = floatTensor(input.dims, gaussians(seededRandom(3), sizeOf(input.dims)));
  const known = new Map<string, Tensor>([...resolved.constants, [input.name, noise]]);
  const constants = new Map(graph.constants);
  const replace = (name: string, data: Float32Array) => {
    const tensor = floatTensor([data.length], data);
    known.set(name, tensor);
    constants.set(name, tensor);
  };
  for (const node of graph.nodes) {
    if (node.op === 'Gemm') break;
    if (node.outputs.every((name) => known.has(name))) continue;
    if (node.op === 'BatchNormalization') {
      const { shifts, variances } = statistics(known.get(node.inputs[0]!) as FloatTensor);
      replace(node.inputs[3]!, shifts);
      replace(node.inputs[4]!, variances);
    }
    const outputs = await runNode(graph, node, known);
    const bias = node.op === 'Conv' ? node.inputs[2] : undefined;
    if (bias !== undefined) {
      const { shifts } = statistics(outputs[0] as FloatTensor);
      const given = known.get(bias) as FloatTensor;
      replace(bias, given.data.map((value, map) => value - shifts[map]!)); // prettier-ignore
      lower(outputs[0] as FloatTensor, shifts);
    }
    node.outputs.forEach((name, i) => known.set(name, outputs[i]!));
  }
  return { ...graph, constants };
}

/** The outputs of one node whose inputs are known. */
async function runNode(graph: Graph, node: GraphNode, known: ReadonlyMap<string, Tensor>): Promise<Tensor[]> {
  const read = node.inputs.filter((name) => name !== '');
  const session = await runtime.open({
    ...graph,
    inputs: read.map((name) => ({ name, type: known.get(name)!.type, shape: known.get(name)!.dims })),
    outputs: node.outputs.map((name) => ({ name, type: 'float32', shape: null })),
    nodes: [node],
    constants: new Map(),
  });
  const values = await session.run(new Map(read.map((name) => [name, known.get(name)!])), node.outputs);
  await session.close();
  return node.outputs.map((name) => values.get(name)!);
}

/** Of every map of `[1, maps, height, width]` the variance, and its mean less its standard deviation. */
function statistics({ dims, data }: FloatTensor): { shifts: Float32Array; variances: Float32Array } {
  const maps = dims[1]!;
  const size = sizeOf(dims.slice(2));
  const [shifts, variances] = [new Float32Array(maps), new Float32Array(maps)];
  for (let map = 0; map < maps; map++) {
    let [sum, squares] = [0, 0];
    for (let i = map * size; i < (map + 1) * size; i++) {
      sum += data[i]!;
      squares += data[i]! ** 2;
    }
    const mean = sum / size;
    variances[map] = squares / size - mean ** 2;
    shifts[map] = mean - Math.sqrt(variances[map]!);
  }
  return { shifts, variances };
}

function lower({ dims, data }: FloatTensor, shifts: Float32Array): void {
  const size = sizeOf(dims.slice(2));
  for (let i = 0; i < data.length; i++) data[i]! -= shifts[Math.floor(i / size)]!;
}
