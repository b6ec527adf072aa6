import { afterAll, describe, expect, it } from 'vitest';
import { runLesions, type Lesion, type LesionMode } from '../../../src/core/experiments/lesion';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Graph } from '../../../src/core/graph/graph';
import { openNetwork } from '../../../src/core/network';
import { sizeOf, type Tensor } from '../../../src/core/tensor/tensor';
import { createForwards } from '../../../src/engine/forwards';
import { createLesions } from '../../../src/engine/lesions';
import { graphBuilder } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { relativeDifference, runtime } from '../../support/recording';
import { runOnnx } from '../../support/runOnnx';
import { smallNet } from '../../support/smallNet';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** Two branches that meet in a Concat, and a residual around a third convolution. */
function branchyNet(): Graph {
  const g = graphBuilder({ seed: 3, input: [1, 3, 16, 16] });
  const stem = g.relu(g.conv(g.input, { name: 'stem', out: 6, kernel: 3, pad: 1 }), { name: 'stemRelu' });
  const left = g.relu(g.conv(stem, { name: 'left', out: 4, kernel: 1 }), { name: 'leftRelu' });
  const right = g.relu(g.conv(stem, { name: 'right', out: 5, kernel: 3, pad: 1 }), { name: 'rightRelu' });
  const joined = g.concat([left, right], { name: 'joined' });
  const inner = g.relu(g.conv(joined, { name: 'inner', out: 9, kernel: 3, pad: 1 }), { name: 'innerRelu' });
  const sum = g.add(joined, inner, { name: 'sum' });
  const pooled = g.flatten(g.globalAveragePool(sum, { name: 'pool' }), { name: 'flatten' });
  return g.build({
    outputs: [g.softmax(g.gemm(pooled, { name: 'fc', out: 5 }), { name: 'softmax' })],
    name: 'branchy',
  });
}

function open(graph: Graph) {
  const network = openNetwork(graph);
  const forwards = createForwards(network, graph.name, runtime);
  const lesions = createLesions(network, graph.name, { runtime, forwards });
  closing.push(lesions.close, forwards.close);
  const input = gaussians(seededRandom(8), sizeOf(network.input.dims));
  const tensorOf = (label: string) => network.layers.find((layer) => layer.label === label)!.tensor;
  return { network, lesions, input, tensorOf };
}

/** The network itself edited: filters of the lesioned maps are zero, and their bias what takes the map's place. */
async function edited(
  graph: Graph,
  input: Float32Array,
  changes: readonly { conv: string; maps: readonly number[]; values: readonly number[] }[],
): Promise<Float32Array> {
  const constants = new Map<string, Tensor>(graph.constants);
  for (const { conv, maps, values } of changes) {
    for (const [name, replacement] of [
      [`${conv}.weight`, () => 0],
      [`${conv}.bias`, (i: number) => values[i]!],
    ] as const) {
      const { dims, data } = constants.get(name)!;
      const changed = Float32Array.from(data as Float32Array);
      const row = changed.length / dims[0]!;
      maps.forEach((map, i) => changed.fill(replacement(i), map * row, (map + 1) * row));
      constants.set(name, { type: 'float32', dims, data: changed });
    }
  }
  const { dims } = openNetwork(graph).input;
  const results = await runOnnx(encodeOnnx({ ...graph, constants }), { input: { dims, data: input } });
  return Float32Array.from(results[graph.outputs[0]!.name]!.data, Number);
}

async function lesioned(
  graph: Graph,
  lesion: (tensorOf: (label: string) => string) => readonly Lesion[],
  mode: LesionMode,
) {
  const opened = open(graph);
  const wanted = lesion(opened.tensorOf);
  const tensors = [...new Set(wanted.flat().map(({ tensor }) => tensor))];
  const network = await opened.lesions.open(tensors, opened.input);
  const rows: Float32Array[] = [];
  for await (const row of runLesions(network, wanted, { mode })) rows.push(row);
  return { ...opened, rows, lesionable: network };
}

describe('a lesion', () => {
  it.each([
    { net: 'small', graph: smallNet(), layer: 'conv2', maps: 16 },
    { net: 'branchy', graph: branchyNet(), layer: 'left', maps: 4 },
    { net: 'branchy', graph: branchyNet(), layer: 'inner', maps: 9 },
    { net: 'branchy', graph: branchyNet(), layer: 'stem', maps: 6 },
  ])('of each map of $layer is the $net net with that filter at zero', async ({ graph, layer, maps }) => {
    const each = Array.from({ length: maps }, (_, map) => map);
    const { rows, input } = await lesioned(
      graph,
      (tensorOf) => each.map((map) => [{ tensor: tensorOf(layer), maps: [map] }]),
      'zero',
    );
    expect(rows).toHaveLength(maps);
    for (const map of each) {
      const expected = await edited(graph, input, [{ conv: layer, maps: [map], values: [0] }]);
      expect(relativeDifference(rows[map]!, expected)).toBeLessThan(1e-5);
    }
  });

  it('of a whole layer, of several layers and of nothing are right in one batch', async () => {
    const graph = branchyNet();
    const all = (count: number) => Array.from({ length: count }, (_, map) => map);
    const { rows, input } = await lesioned(
      graph,
      (tensorOf) => [
        [],
        [{ tensor: tensorOf('inner'), maps: 'all' }],
        [
          { tensor: tensorOf('left'), maps: [1, 3] },
          { tensor: tensorOf('inner'), maps: [0, 8] },
        ],
      ],
      'zero',
    );
    const expected = [
      await edited(graph, input, []),
      await edited(graph, input, [{ conv: 'inner', maps: all(9), values: all(9).map(() => 0) }]),
      await edited(graph, input, [
        { conv: 'left', maps: [1, 3], values: [0, 0] },
        { conv: 'inner', maps: [0, 8], values: [0, 0] },
      ]),
    ];
    rows.forEach((row, i) => expect(relativeDifference(row, expected[i]!)).toBeLessThan(1e-5));
    expect(relativeDifference(rows[1]!, expected[0]!)).toBeGreaterThan(1e-3);
  });

  it('by the mean leaves every position of a map at its mean over the image', async () => {
    const graph = smallNet();
    const { rows, input, lesionable, tensorOf } = await lesioned(
      graph,
      (tensor) => [[{ tensor: tensor('conv2'), maps: [2, 5] }]],
      'mean',
    );
    const values = lesionable.clean.get(tensorOf('conv2'))!;
    const positions = values.length / 16;
    const means = [2, 5].map((map) => {
      let sum = 0;
      for (let i = 0; i < positions; i++) sum += values[map * positions + i]!;
      return sum / positions;
    });
    // Behind a rectifier means are not negative, so that the bias alone makes them.
    const expected = await edited(graph, input, [{ conv: 'conv2', maps: [2, 5], values: means }]);
    expect(relativeDifference(rows[0]!, expected)).toBeLessThan(1e-5);
  });

  it('of more maps than fit into one pass comes in order', async () => {
    const graph = smallNet();
    const { lesions, input, tensorOf } = open(graph);
    const network = await lesions.open([tensorOf('conv3')], input);
    const each = Array.from({ length: 20 }, (_, map): Lesion => [{ tensor: tensorOf('conv3'), maps: [map] }]);
    const rows: Float32Array[] = [];
    for await (const row of runLesions({ ...network, batch: 7 }, each, { mode: 'zero' })) rows.push(row);
    const alone: Float32Array[] = [];
    for await (const row of runLesions({ ...network, batch: 1 }, each, { mode: 'zero' })) alone.push(row);
    expect(rows).toHaveLength(20);
    rows.forEach((row, i) => expect(relativeDifference(row, alone[i]!)).toBeLessThan(1e-5));
  });

  it('ends before the next pass when it is cancelled', async () => {
    const { lesions, input, tensorOf } = open(smallNet());
    const network = await lesions.open([tensorOf('conv3')], input);
    const controller = new AbortController();
    const each = Array.from({ length: 9 }, (): Lesion => []);
    const run = async () => {
      let rows = 0;
      const options = { mode: 'zero', signal: controller.signal } as const;
      for await (const row of runLesions({ ...network, batch: 3 }, each, options)) {
        expect(row).toHaveLength(4);
        if (++rows === 3) controller.abort();
      }
    };
    await expect(run()).rejects.toThrow();
  });

  it('only computes what lies behind it', async () => {
    const { lesions, input, tensorOf } = open(smallNet());
    const { lesioned: part } = await lesions.open([tensorOf('conv3')], input);
    expect(part.graph.nodes.map(({ op }) => op)).toEqual(['Mul', 'Add', 'Flatten', 'Gemm', 'Softmax']);
    expect([...part.intact.values()]).toEqual([tensorOf('conv3')]);
  });

  it('of a model without a classifier is refused with a sentence', async () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const features = g.build({
      outputs: [g.conv(g.input, { name: 'conv1', out: 2, kernel: 3 })],
      name: 'f.onnx',
    });
    const { lesions, input, tensorOf } = open(features);
    await expect(lesions.open([tensorOf('conv1')], input)).rejects.toMatchObject({ code: 'no-classifier' });
  });

  it('of a layer that the scores do not depend on is refused with its name', async () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const side = g.relu(g.conv(g.input, { name: 'side', out: 2, kernel: 3 }), { name: 'sideRelu' });
    const main = g.gemm(g.flatten(g.input, { name: 'flat' }), { name: 'fc', out: 3 });
    const { lesions, input, tensorOf } = open(g.build({ outputs: [main, side], name: 'two heads' }));
    await expect(lesions.open([tensorOf('side')], input)).rejects.toMatchObject({
      code: 'lesion-unreachable',
    });
  });
});
