import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Graph } from '../../../src/core/graph/graph';
import { graphBuilder, int } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { randomFeeds, runOnnx } from '../../support/runOnnx';
import { smallNet } from '../../support/smallNet';
import { zfnet } from '../../support/zfnet';

const layers: Record<string, (g: GraphBuilder) => TensorRef> = {
  conv: (g) =>
    g.conv(g.input, { out: 6, kernel: [3, 5], stride: [2, 1], pad: [1, 0, 0, 2], groups: 2, dilation: 2 }),
  'conv without bias': (g) => g.conv(g.input, { out: 6, kernel: 3, bias: 'none' }),
  'conv SAME_UPPER': (g) => g.conv(g.input, { out: 6, kernel: 4, stride: 3, autoPad: 'SAME_UPPER' }),
  'conv VALID': (g) => g.conv(g.input, { out: 6, kernel: 4, stride: 3, autoPad: 'VALID' }),
  maxPool: (g) => g.maxPool(g.input, { kernel: 3, stride: 2, dilation: 2 }),
  'maxPool ceil': (g) => g.maxPool(g.input, { kernel: 3, stride: 2, pad: [0, 1, 1, 0], rounding: 'ceil' }),
  'maxPool ceil, last window in the padding': (g) =>
    g.maxPool(g.input, { kernel: 2, stride: 3, pad: 1, rounding: 'ceil' }),
  averagePool: (g) => g.averagePool(g.input, { kernel: 3, stride: 2, pad: 1, padding: 'counted' }),
  globalAveragePool: (g) => g.globalAveragePool(g.input),
  pointwise: (g) => g.dropout(g.leakyRelu(g.clip(g.relu(g.input)))),
  lrn: (g) => g.lrn(g.input),
  batchNorm: (g) => g.batchNorm(g.input),
  arithmetic: (g) => {
    const bias = g.weight('bias', [4, 1, 1]);
    return g.div(g.mul(g.sub(g.add(g.input, bias), bias), g.input), g.add(g.mul(g.input, g.input), bias));
  },
  concat: (g) => g.concat([g.input, g.relu(g.input)]),
  flattened: (g) => g.softmax(g.gemm(g.flatten(g.input), { out: 7 })),
  matMul: (g) => g.matMul(g.transpose(g.reshape(g.input, [2, 4, 156]), [0, 2, 1]), { out: 3 }),
  node: (g) => g.node('Softsign', [g.input]),
};

describe('graph builder', () => {
  it.each(Object.entries(layers))('knows the size after %s', async (_name, layer) => {
    const g = graphBuilder({ input: [2, 4, 13, 12] });
    const output = layer(g);
    const graph = g.build({ outputs: [output] });
    const results = await runOnnx(encodeOnnx(graph), randomFeeds(graph));
    expect(results[output.name]?.dims).toEqual(output.dims);
  });

  it('writes Clip with attributes before operator set 11', async () => {
    const g = graphBuilder({ input: [1, 2, 3, 3], opset: 9 });
    const graph = g.build({ outputs: [g.clip(g.input, { min: -0.5, max: 0.5 })] });
    const [output] = Object.values(await runOnnx(encodeOnnx(graph), randomFeeds(graph)));
    expect(Math.max(...Array.from(output?.data ?? [], Number))).toBe(0.5);
  });

  it('makes the same graph from the same seed and another from another', () => {
    expect(encodeOnnx(smallNet())).toEqual(encodeOnnx(smallNet()));
    expect(encodeOnnx(smallNet({ seed: 8 }))).not.toEqual(encodeOnnx(smallNet()));
  });

  it('gives nodes several outputs and lets inputs out', () => {
    const g = graphBuilder({ input: [1, 2, 4, 4] });
    const switches = g.node('MaxPool', [g.input, undefined], {
      outputs: 2,
      attributes: { ceil_mode: int(1) },
    });
    const [node] = g.build({ outputs: [switches] }).nodes;
    expect(node?.inputs).toEqual(['input', '']);
    expect(node?.outputs).toEqual(['maxpool1_output_0', 'maxpool1_output_1']);
  });
});

/** Sizes of the outputs of the named nodes, as ONNX Runtime computes them. */
async function sizes(graph: Graph, names: readonly string[]) {
  const outputs = names.map((name) => ({ name: `${name}_output_0`, type: 'float32' as const, shape: null }));
  const results = await runOnnx(encodeOnnx({ ...graph, outputs }), randomFeeds(graph));
  return names.map((name) => results[`${name}_output_0`]?.dims);
}

describe('ZFNet', () => {
  it('has the feature sizes of figure 3', async () => {
    const layerNames = [
      'conv1',
      'pool1',
      'conv2',
      'pool2',
      'conv3',
      'conv4',
      'conv5',
      'pool5',
      'fc6',
      'softmax',
    ];
    expect(await sizes(zfnet({ width: 0.25 }), layerNames)).toEqual([
      [1, 24, 110, 110],
      [1, 24, 55, 55],
      [1, 64, 26, 26],
      [1, 64, 13, 13],
      [1, 96, 13, 13],
      [1, 96, 13, 13],
      [1, 64, 13, 13],
      [1, 64, 6, 6],
      [1, 1024],
      [1, 1000],
    ]);
  });

  it('scales its width, its input and its classes', async () => {
    const graph = zfnet({ width: 0.125, inputSize: 128, classes: 5 });
    expect(await sizes(graph, ['conv1', 'conv5', 'fc7', 'softmax'])).toEqual([
      [1, 12, 62, 62],
      [1, 32, 7, 7],
      [1, 512],
      [1, 5],
    ]);
  });
});

describe('seeded weights', () => {
  it('let nearly every map of every layer respond', async () => {
    for (const graph of [smallNet(), zfnet({ width: 0.25 })]) {
      const relus = graph.nodes.filter(({ op, name }) => op === 'Relu' && !/[67]/.test(name));
      const outputs = relus.map(({ outputs: [name = ''] }) => ({
        name,
        type: 'float32' as const,
        shape: null,
      }));
      const results = await runOnnx(encodeOnnx({ ...graph, outputs }), randomFeeds(graph));
      for (const { dims, data } of Object.values(results)) {
        const [, maps = 0, height = 0, width = 0] = dims;
        const live = Array.from({ length: maps }, (_, map) => map).filter((map) =>
          Array.from({ length: height * width }, (_, i) => data[map * height * width + i]).some(
            (v) => Number(v) > 0,
          ),
        );
        expect(live.length / maps).toBe(1);
      }
    }
  });

  it('are normally distributed', () => {
    const values = gaussians(seededRandom(3), 100_001, { mean: 2, std: 3 });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
