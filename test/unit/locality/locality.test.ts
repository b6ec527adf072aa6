import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweepGrid, windowAt, windowSpans } from '../../../src/core/experiments/occlusion/windows';
import { affected, compose, join, ownFootprints, type Footprint } from '../../../src/core/locality/footprint';
import { footprintsFrom, localNodes } from '../../../src/core/locality/localNodes';
import { separators } from '../../../src/core/locality/separators';
import { planLocally, planThrough, reachableWaists } from '../../../src/core/locality/stages';
import { openNetwork } from '../../../src/core/network';
import { cutGraph } from '../../../src/core/rewrite/cut';
import type { Box } from '../../../src/core/graph/box';
import type { Graph } from '../../../src/core/graph/graph';
import { floatTensor, int64Vector, sizeOf, type Dims } from '../../../src/core/tensor/tensor';
import { openOccluder } from '../../../src/engine/experiments/openOccluder';
import { createForwards } from '../../../src/engine/forwards';
import { graphBuilder, int, ints, type NodeOptions } from '../../support/graphBuilder';
import { naiveForward, valuesOf } from '../../support/naiveNet';
import { gaussians, seededRandom } from '../../support/random';
import { buildPlan, plannedGraphs, plans } from '../../support/randomGraph';
import { relativeDifference, runtime } from '../../support/recording';
import { zfnet } from '../../support/zfnet';

/** The positions that see any of `changed`, found by asking each. */
function affectedOneByOne({ stride, start, extent }: Footprint, changed: readonly number[], length: number) {
  return Array.from({ length }, (_, position) => position).filter((position) => {
    const first = position * stride + start;
    return changed.some((pixel) => pixel >= first && pixel < first + extent);
  });
}

describe('what a change affects', () => {
  const footprints = fc.record({
    stride: fc.integer({ min: 1, max: 4 }),
    start: fc.integer({ min: -6, max: 0 }),
    extent: fc.integer({ min: 1, max: 9 }),
  });

  it('is every position that sees it, and none before the first or behind the last of them', () => {
    fc.assert(
      fc.property(footprints, fc.nat(30), fc.integer({ min: 1, max: 8 }), (footprint, first, count) => {
        const pixels = Array.from({ length: count }, (_, i) => first + i);
        const expected = affectedOneByOne(footprint, pixels, 12);
        const { first: from, last } = affected(footprint, { first, last: first + count - 1 }, 12);
        if (expected.length > 0) expect([from, last]).toEqual([expected[0], expected.at(-1)]);
        else expect(from).toBe(last);
      }),
      { seed: 1 },
    );
  });

  it('holds through two nodes, and along two ways at once', () => {
    fc.assert(
      fc.property(footprints, footprints, fc.nat(30), (above, below, pixel) => {
        const middle = affectedOneByOne(below, [pixel], 60);
        const expected = affectedOneByOne(above, middle, 12);
        const whole = compose(above, below);
        const seen = affectedOneByOne(whole, [pixel], 12);
        expect(expected.every((position) => seen.includes(position))).toBe(true);
        const both = join(whole, { ...below, stride: whole.stride })!;
        expect(both.start).toBe(Math.min(whole.start, below.start));
        expect(both.start + both.extent).toBeGreaterThanOrEqual(whole.start + whole.extent);
        expect(join(whole, { ...whole, stride: whole.stride + 1 })).toBeUndefined();
      }),
      { seed: 2 },
    );
  });
});

describe('where a network can be cut', () => {
  it('is found in one walk as by cutting at every tensor', () => {
    const counts = new Set<number>();
    fc.assert(
      fc.property(plans, fc.nat(), (plan, drawn) => {
        const graph = buildPlan(plan);
        const tensors = [graph.inputs[0]!.name, ...graph.nodes.flatMap(({ outputs }) => outputs)];
        const wanted = [graph.outputs.at(-1)!.name, tensors[drawn % tensors.length]!];
        const expected = tensors.filter((from) => cutGraph(graph, { from, tensors: wanted }, []));
        expect([...separators(graph, wanted)]).toEqual(expected);
        counts.add(expected.length);
      }),
      { seed: 4, numRuns: 200 },
    );
    expect(counts.size).toBeGreaterThan(4);
  });
});

/** What keeps positions apart, strides, pads, dilation and branches included. */
const localKinds = [
  'conv', 'linear', 'normalised', 'maxPool', 'averagePool', 'relu', 'leakyRelu', 'clip', 'swish', 'lrn', 'add', 'concat',
  'scale',
] as const; // prettier-ignore

const graphs = plannedGraphs({ kinds: localKinds, sides: [24, 44], nodes: [3, 9] });

const paint = 0.5;

function painted(data: Float32Array, [, , height = 0, width = 0]: Dims, box: Box): Float32Array {
  return data.map((value, i) => {
    const [y, x] = [Math.floor(i / width) % height, i % width];
    const inside = y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
    return inside ? paint : value;
  });
}

/** Sweeps a few windows, at corners and inside, and holds them against painted pictures that go through the naive network. */
async function compareWithNaive(graph: Graph, square: readonly [number, number], drawn: number) {
  const network = openNetwork(graph);
  const [, , height, width] = network.input.dims;
  const grid = sweepGrid(
    { height, width },
    { size: square, stride: [square[0], Math.max(1, square[1] - 1)] },
  );
  const tensors = [graph.outputs.at(-1)!.name];
  const { dims } = network.input;
  const clean = floatTensor(dims, gaussians(seededRandom(7), sizeOf(dims)));
  const covered = floatTensor(dims, new Float32Array(clean.data.length).fill(paint));
  const [image, ...waists] = reachableWaists(network, tensors, windowSpans(grid));
  // Any choice of waists will do, whether it pays or not.
  const chosen = waists.filter((_, i) => (drawn >> i) % 2 === 1);
  const local = chosen.length > 0 ? planThrough(network, [image!, ...chosen]) : undefined;
  const forwards = createForwards(network, 'random', runtime);
  const { occluder } = await openOccluder(
    { network, forwards },
    grid,
    { tensors, input: { clean, covered } },
    local,
  );
  const last = grid.rows * grid.columns - 1;
  const windows = [0, grid.columns - 1, Math.floor(last / 2), last - grid.columns + 1, last];
  const results = await occluder.run(windows.map((index) => windowAt(grid, index)));
  await forwards.close();
  const actual = results.get(tensors[0]!)!;
  for (const [i, index] of windows.entries()) {
    const hidden = painted(clean.data, dims, windowAt(grid, index));
    const expected = valuesOf(naiveForward(graph, { dims, data: hidden }), tensors[0]!).data;
    const own = actual.subarray(i * expected.length, (i + 1) * expected.length);
    expect(relativeDifference(own, expected)).toBeLessThan(1e-5);
  }
  return chosen.length;
}

describe('a sweep that computes only what changes', () => {
  it('measures on random graphs what the naive network measures', { timeout: 60_000 }, async () => {
    const stages: number[] = [];
    const squares = fc.tuple(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 2, max: 7 }));
    await fc.assert(
      fc.asyncProperty(graphs, squares, fc.nat(511), async (plan, square, drawn) => {
        stages.push(await compareWithNaive(buildPlan(plan), square, drawn));
      }),
      { numRuns: Number(process.env['FUZZ_GRAPHS'] ?? 40), seed: Number(process.env['FUZZ_SEED'] ?? 3) },
    );
    expect(stages.filter((count) => count > 0).length).toBeGreaterThan(stages.length / 2);
    expect(stages.filter((count) => count > 1).length).toBeGreaterThan(stages.length / 4);
  });

  it('pads where a network pads before it convolves', async () => {
    const g = graphBuilder({ input: [1, 3, 30, 26], seed: 5 });
    const pads = g.constant('pads', int64Vector([0, 0, 2, 3, 0, 0, 3, 1]));
    const padded = g.node('Pad', [g.input, pads], { dims: [1, 3, 35, 30] });
    const x = g.relu(g.conv(padded, { out: 4, kernel: 5, stride: 2 }));
    const graph = g.build({ outputs: [g.conv(x, { out: 2, kernel: 3 })] });
    expect(await compareWithNaive(graph, [5, 6], 0b11)).toBe(2);
  });

  it('plans to leave most of the network of figure 3 to crops, and nothing where the square hides almost all', () => {
    const network = openNetwork(zfnet({ width: 1 / 4, classes: 10 }));
    const planned = (size: number) => {
      const grid = sweepGrid({ height: 224, width: 224 }, { size: [size, size], stride: [8, 8] });
      return planLocally(network, ['relu5_output_0', 'softmax_output_0'], windowSpans(grid));
    };
    expect(planned(32)?.stages.at(-1)?.to).toBe('relu4_output_0');
    expect(planned(216)).toBeUndefined();
  });
});

describe('what keeps positions apart', () => {
  const onInput = (op: string, extra: Dims[] = [], attributes: NodeOptions['attributes'] = {}) => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const parameters = extra.map((dims, i) => g.weight(`parameter${i}`, dims));
    const x = g.node(op, [g.input, ...parameters], { attributes });
    const network = openNetwork(g.build({ outputs: [x] }));
    return footprintsFrom(localNodes(network), network.input.name).get(x.name);
  };

  it.each<[what: string, op: string, extra?: Dims[], attributes?: NodeOptions['attributes']]>([
    ['an average over the picture', 'GlobalAveragePool'],
    ['a mean along rows', 'ReduceMean', [], { axes: ints(3) }],
    ['maxima along rows', 'ReduceMax', [], { axes: ints(3) }],
    ['instance norm', 'InstanceNormalization', [[3], [3]]],
    ['layer norm over positions', 'LayerNormalization', [[8]], { axis: int(-1) }],
    ['softmax along a row', 'Softmax', [], { axis: int(3) }],
    ['a turn of rows and columns', 'Transpose', [], { perm: ints(0, 1, 3, 2) }],
    ['a constant for each column', 'Add', [[8]]],
    ['a constant for each position', 'Mul', [[1, 3, 8, 8]]],
  ])('is not %s', (_, op, extra, attributes) => {
    expect(onInput(op, extra, attributes)).toBeUndefined();
  });

  it.each<[what: string, op: string, extra?: Dims[]]>([
    ['an activation', 'Relu'],
    ['a slope for each map', 'PRelu', [[3, 1, 1]]],
    ['a constant for each map', 'Add', [[3, 1, 1]]],
    ['batch norm', 'BatchNormalization', [[3], [3], [3], [3]]],
  ])('is %s', (_, op, extra) => {
    expect(onInput(op, extra)).toEqual(ownFootprints);
  });

  it('is no arithmetic with the size of the picture', () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const shape = g.node('Shape', [g.input], { dims: [4] });
    const size = g.node('Cast', [shape], { dims: [4], attributes: { to: int(1) } });
    const height = g.node('Gather', [size, g.constant('two', int64Vector([2]))], { dims: [1] });
    const x = g.node('Div', [g.input, height]);
    const network = openNetwork(g.build({ outputs: [x] }));
    expect(network.resolved.constants.has(height.name)).toBe(true);
    expect(footprintsFrom(localNodes(network), network.input.name).has(x.name)).toBe(false);
  });
});
