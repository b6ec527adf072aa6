import { describe, expect, it } from 'vitest';
import type { Recording } from '../../../src/core/deconvnet/record';
import type { Attribute } from '../../../src/core/graph/graph';
import { int64Vector, sizeOf } from '../../../src/core/tensor/tensor';
import { float, graphBuilder, int, ints, text } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { gaussians, seededRandom } from '../../support/random';
import { projectWhole, recordGraph } from '../../support/recording';

const input = [1, 3, 13, 14] as const;

/** Operators that are linear in the image; where they add something, it is nothing for the black image. */
const linear: Record<string, (g: GraphBuilder, x: TensorRef) => TensorRef> = {
  Conv: (g, x) =>
    g.conv(x, { out: 5, kernel: [3, 4], stride: [2, 1], pad: [1, 0, 2, 1], dilation: [1, 2], bias: 'none' }),
  'Conv with groups': (g, x) => g.conv(x, { out: 6, kernel: 3, groups: 3, stride: 2, pad: 1 }),
  'Conv SAME_LOWER': (g, x) => g.conv(x, { out: 2, kernel: 4, stride: 3, autoPad: 'SAME_LOWER' }),
  AveragePool: (g, x) => g.averagePool(x, { kernel: 3, stride: 2, pad: [1, 0, 0, 1], rounding: 'ceil' }),
  'AveragePool counting its padding': (g, x) =>
    g.averagePool(x, { kernel: 3, stride: 2, pad: 1, padding: 'counted', rounding: 'ceil' }),
  GlobalAveragePool: (g, x) => g.globalAveragePool(x),
  BatchNormalization: (g, x) => g.batchNorm(x),
  Gemm: (g, x) => g.gemm(g.flatten(x), { out: 7 }),
  'Gemm scaled': (g, x) =>
    g.node('Gemm', [g.flatten(x), g.weight('w', [546, 4])], {
      dims: [1, 4],
      attributes: { alpha: float(0.3) },
    }),
  MatMul: (g, x) => g.matMul(g.flatten(x), { out: 7 }),
  'MatMul over positions': (g, x) => g.matMul(g.transpose(x, [0, 2, 3, 1]), { out: 4 }),
  'Add, Sub and Sum of branches': (g, x) => {
    const a = g.conv(x, { out: 3, kernel: 3, pad: 1 });
    const b = g.averagePool(x, { kernel: 3, pad: 1 });
    return g.node('Sum', [g.sub(a, g.add(b, x)), x, x]);
  },
  'Mul and Div by constants': (g, x) =>
    g.div(g.mul(g.weight('a', [1, 3, 1, 1]), x), g.weight('b', [13, 14], { mean: 4 })),
  'Concat and Slice': (g, x) => {
    const both = g.concat([g.conv(x, { out: 4, kernel: 3, pad: 1 }), x]);
    const [starts, ends, axes] = [
      [1, 2],
      [6, -1],
      [1, 3],
    ].map((values, i) => g.constant(`s${i}`, int64Vector(values)));
    return g.node('Slice', [both, starts, ends, axes], { dims: [1, 5, 13, 11] });
  },
  'Pad and Transpose': (g, x) => {
    const attributes: Record<string, Attribute> = {
      pads: ints(0, 0, 1, 2, 0, 1, 0, 3),
      mode: text('constant'),
    };
    return g.transpose(g.node('Pad', [x], { dims: [1, 4, 14, 19], attributes }), [0, 2, 1, 3]);
  },
  'Pad by reflection': (g, x) =>
    g.node('Pad', [x], {
      dims: [1, 3, 16, 16],
      attributes: { pads: ints(0, 0, 2, 1, 0, 0, 1, 1), mode: text('reflect') },
    }),
  Gather: (g, x) =>
    g.node('Gather', [x, g.constant('which', int64Vector([2, 2, 0]))], {
      dims: [1, 3, 13, 14],
      attributes: { axis: int(1) },
    }),
  Expand: (g, x) =>
    g.node('Expand', [g.globalAveragePool(x), g.constant('to', int64Vector([1, 3, 4, 5]))], {
      dims: [1, 3, 4, 5],
    }),
  'a deep linear net': (g, x) => {
    const y = g.batchNorm(g.conv(x, { out: 6, kernel: 3, stride: 2, groups: 3 }));
    const z = g.concat([g.conv(y, { out: 3, kernel: 3, pad: 1 }), g.averagePool(y, { kernel: 3, pad: 1 })]);
    return g.gemm(g.flatten(z), { out: 3 });
  },
};

const opsets: Record<string, number> = { 'Pad and Transpose': 10, 'Pad by reflection': 10 };

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** `A' y`: all units of a tensor sent down with the seeds `y`, their pictures summed. */
async function down(recording: Recording, tensor: string, seeds: Float32Array): Promise<Float64Array> {
  const { height, width } = recording.network.resolved.grids.get(tensor)!;
  const units = Array.from(seeds, (seed, element) => ({
    map: Math.floor(element / (height * width)),
    position: [Math.floor(element / width) % height, element % width] as const,
    seed: Math.abs(seed),
  }));
  const sum = new Float64Array(sizeOf(input));
  const projections = await projectWhole(recording, tensor, units, { method: 'gradient' });
  projections.forEach(({ whole }, unit) => {
    const sign = Math.sign(seeds[unit]!);
    whole.forEach((value, i) => (sum[i]! += sign * value));
  });
  return sum;
}

describe.each(Object.entries(linear))('the way down through %s', (name, build) => {
  const g = graphBuilder({ input, seed: 21, opset: opsets[name] ?? 17 });
  const output = build(g, g.input);
  const graph = g.build({ outputs: [output] });

  it("is the adjoint of the way up: <A x, y> = <x, A' y>", async () => {
    const random = seededRandom(8);
    const image = gaussians(random, sizeOf(input));
    const seeds = gaussians(random, sizeOf(output.dims));
    const recording = await recordGraph(graph, { image, also: [output.name] });
    const black = await recordGraph(graph, { image: image.map(() => 0), also: [output.name] });
    const offset = black.features.get(output.name)!;
    const up = recording.features.get(output.name)!.map((value, i) => value - offset[i]!);
    const scale = Math.sqrt(dot(up, up) * dot(seeds, seeds));
    const picture = await down(recording, output.name, seeds);
    expect(Math.abs(dot(up, seeds) - dot(image, picture)) / scale).toBeLessThan(1e-6);
  });
});

describe('a linear network without bias', () => {
  const g = graphBuilder({ input, seed: 3 });
  const first = g.conv(g.input, { out: 6, kernel: 5, stride: 2, pad: 2, bias: 'none' });
  const sum = g.add(g.conv(first, { out: 6, kernel: 3, pad: 1, bias: 'none' }), first);
  const pooled = g.averagePool(g.concat([sum, first]), { kernel: 3, stride: 2, pad: 1, padding: 'counted' });
  const scores = g.matMul(g.flatten(pooled), { out: 5 });
  const graph = g.build({ outputs: [scores] });

  it.each([first, sum, pooled, scores])(
    'has pictures that, times the image, are the activation: $name',
    async (tensor) => {
      const recording = await recordGraph(graph, {
        also: [first, sum, pooled, scores].map(({ name }) => name),
      });
      const { maps, height, width } = recording.network.resolved.grids.get(tensor.name)!;
      const values = recording.features.get(tensor.name)!;
      const largest = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const units = Array.from({ length: maps }, (_, map) => ({
        map,
        position: [height - 1, 0] as const,
        seed: 1,
      }));
      const projections = await projectWhole(recording, tensor.name, units);
      projections.forEach(({ whole, map }) => {
        const activation = values[(map * height + height - 1) * width]!;
        expect(Math.abs(dot(whole, recording.input.data) - activation)).toBeLessThan(1e-5 * largest);
      });
    },
  );
});
