import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { layerFilters, type LayerFilters } from '../../../src/core/filters/layerFilters';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import { floatTensor } from '../../../src/core/tensor/tensor';
import { graphBuilder, type GraphBuilder, type TensorRef } from '../../support/graphBuilder';
import { naiveForward } from '../../support/naiveNet';
import { gaussians, seededRandom } from '../../support/random';
import { relativeDifference } from '../../support/recording';

interface Net {
  readonly build: (g: GraphBuilder) => TensorRef;
  readonly over: LayerFilters['over'];
  readonly folded?: readonly string[];
}

const constant = (g: GraphBuilder, name: string, dims: readonly number[]) =>
  g.weight(name, dims, { mean: 2, std: 0.3 });

/** Networks of one layer, whose output is a linear function of the image plus a shift. */
const nets: Readonly<Record<string, Net>> = {
  'a convolution': { build: (g) => g.conv(g.input, { out: 4, kernel: 3, stride: 2, pad: 1 }), over: 'image' },
  'with batch norm behind it': {
    build: (g) => g.batchNorm(g.conv(g.input, { out: 4, kernel: [3, 2] }), { name: 'bn' }),
    over: 'image',
    folded: ['bn'],
  },
  'with batch norm spelled out': {
    build: (g) => {
      const x = g.mul(g.conv(g.input, { out: 4, kernel: 3 }), constant(g, 'a', [4, 1, 1]), { name: 'times' });
      return g.add(g.div(x, constant(g, 'b', [1, 4, 1, 1]), { name: 'by' }), constant(g, 'c', [4, 1, 1]));
    },
    over: 'image',
    folded: ['times', 'by'],
  },
  'taken from a constant': {
    build: (g) => g.sub(constant(g, 'a', [1]), g.conv(g.input, { out: 4, kernel: 3 }), { name: 'from' }),
    over: 'image',
    folded: ['from'],
  },
  'behind a scaling of the image': {
    build: (g) => {
      const centred = g.sub(g.input, constant(g, 'mean', [1, 3, 1, 1]), { name: 'less' });
      const scaled = g.div(centred, constant(g, 'std', [3, 1, 1]), { name: 'by' });
      return g.batchNorm(g.conv(g.batchNorm(scaled, { name: 'bn0' }), { out: 4, kernel: 3 }), {
        name: 'bn1',
      });
    },
    over: 'image',
    folded: ['by', 'bn0', 'bn1'],
  },
  'depthwise over the image': {
    build: (g) => g.conv(g.input, { out: 6, kernel: 3, groups: 3 }),
    over: 'maps',
  },
  'over flattened maps': { build: (g) => g.gemm(g.flatten(g.input), { out: 5 }), over: 'maps' },
  'over maps flattened behind the positions, as Keras does': {
    build: (g) => {
      const moved = g.transpose(g.input, [0, 2, 3, 1]);
      return g.matMul(g.reshape(moved, [1, 8 * 7 * 3]), { out: 5 });
    },
    over: 'maps',
  },
  'a product with a factor': {
    build: (g) => {
      const x = g.flatten(g.input);
      const weights = g.weight('fc.weight', [8 * 7 * 3, 5]);
      const scaled = { name: 'fc', attributes: { alpha: { kind: 'float', value: 0.5 } as const } };
      return g.node('Gemm', [x, weights], { ...scaled, dims: [1, 5] });
    },
    over: 'maps',
  },
};

const open = (build: Net['build']) => {
  const g = graphBuilder({ input: [1, 3, 8, 7] });
  const graph = g.build({ outputs: [build(g)] });
  const network = openNetwork(graph);
  return { graph, network, filters: layerFilters(network, network.layers[0]!) };
};

/** What the layer makes of an image beyond what it makes of a black one: its linear part, whatever the shifts. */
function linearPart(graph: Graph, image: Float32Array): Float64Array {
  const output = graph.outputs[0]!.name;
  const of = (data: Float32Array) =>
    naiveForward(graph, { dims: [1, 3, 8, 7], data }).values.get(output)!.data;
  const black = of(new Float32Array(image.length));
  return Float64Array.from(of(image), (value, i) => value - black[i]!);
}

/** The filters alone, applied by the naive network with the geometry of the layer and nothing else. */
function filtersApplied(graph: Graph, { dims, weights, kind }: LayerFilters, image: Float32Array) {
  const g = graphBuilder({ input: [1, 3, 8, 7] });
  const [node] = graph.nodes.filter(({ op }) => ['Conv', 'Gemm', 'MatMul'].includes(op));
  const [count] = dims;
  const plain =
    kind === 'dense'
      ? g.matMul(g.reshape(g.input, [1, weights.length / count]), { name: 'plain', out: count })
      : g.node('Conv', [g.input, g.weight('plain.weight', dims)], {
          name: 'plain',
          attributes: Object.fromEntries(node!.attributes),
        });
  const built = g.build({ outputs: [plain] });
  const constants = new Map(built.constants);
  const columns = kind === 'dense' ? transposed(weights, count) : weights;
  constants.set('plain.weight', floatTensor(built.constants.get('plain.weight')!.dims, columns));
  const run = naiveForward({ ...built, constants }, { dims: [1, 3, 8, 7], data: image });
  return run.values.get(plain.name)!.data;
}

function transposed(rows: Float32Array, count: number): Float32Array {
  const size = rows.length / count;
  return Float32Array.from(rows, (_, i) => rows[(i % count) * size + Math.floor(i / count)]!);
}

describe('the filters of a layer', () => {
  it.each(Object.entries(nets))('do what the layer does: %s', (_, { build, over, folded = [] }) => {
    const { graph, filters } = open(build);
    expect(filters.over).toBe(over);
    expect(filters.folded.map(({ name }) => name)).toEqual(folded);
    const image = gaussians(seededRandom(3), 3 * 8 * 7);
    const expected = linearPart(graph, image);
    expect(relativeDifference(filtersApplied(graph, filters, image), expected)).toBeLessThan(1e-5);
  });

  it('see maps behind an activation, and a vector behind another fully connected layer', () => {
    const g = graphBuilder({ input: [1, 3, 8, 7] });
    const x = g.relu(g.conv(g.input, { out: 3, kernel: 3 }));
    const y = g.relu(g.gemm(g.flatten(g.conv(x, { out: 4, kernel: 3 })), { out: 5 }));
    const network = openNetwork(g.build({ outputs: [g.gemm(y, { out: 2 })] }));
    const found = network.layers.map((layer) => layerFilters(network, layer));
    expect(found.map(({ over }) => over)).toEqual(['image', 'maps', 'maps', 'vector']);
    expect(found.map(({ dims }) => dims)).toEqual([
      [3, 3, 3, 3],
      [4, 3, 3, 3],
      [5, 4, 4, 3],
      [2, 5, 1, 1],
    ]);
  });

  it('leave out a constant that is not the same all over a map', () => {
    const { network, filters } = open((g) =>
      g.mul(g.conv(g.input, { name: 'conv', out: 4, kernel: 3 }), constant(g, 'mask', [4, 6, 5])),
    );
    expect(filters.folded).toEqual([]);
    expect(filters.weights).toEqual(network.resolved.constants.get('conv.weight')!.data);
  });

  it('are refused by name where the weights are no filters', () => {
    const g = graphBuilder({ input: [1, 3, 4, 4] });
    const weights = g.weight('up.weight', [3, 2, 2, 2]);
    const up = g.node('ConvTranspose', [g.input, weights], { name: 'up', dims: [1, 2, 5, 5] });
    const measured = new Map([[up.name, [1, 2, 5, 5]]]);
    const network = openNetwork(g.build({ outputs: [up] }), { measured });
    const filters = () => layerFilters(network, network.layers[0]!);
    expect(filters).toThrowError(UserError);
    expect(filters).toThrowError(/"up" \(ConvTranspose\)/);
  });
});
