import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { sizeOf } from '../../../src/core/tensor/tensor';
import { float, graphBuilder, text } from '../../support/graphBuilder';
import type { GraphBuilder, NodeOptions, TensorRef } from '../../support/graphBuilder';
import { naiveForward, valuesOf } from '../../support/naiveNet';
import { projectWhole, recordGraph, relativeDifference } from '../../support/recording';

const input = [1, 3, 8, 9] as const;

const conv = (g: GraphBuilder, x: TensorRef, out = 4) => g.conv(x, { out, kernel: 3, pad: 1 });

/** Conv, activation, and again. */
const through =
  (op: string, options: NodeOptions = {}) =>
  (g: GraphBuilder): TensorRef =>
    g.node(op, [conv(g, g.node(op, [conv(g, g.input)], options), 3)], options);

interface Smooth {
  readonly build: (g: GraphBuilder) => TensorRef;
  readonly opset?: number;
}

const smooth: Record<string, Smooth> = {
  Sigmoid: { build: through('Sigmoid') },
  Tanh: { build: through('Tanh') },
  Elu: { build: through('Elu', { attributes: { alpha: float(0.7) } }) },
  Selu: { build: through('Selu') },
  Celu: { build: through('Celu', { attributes: { alpha: float(0.6) } }) },
  Softplus: { build: through('Softplus') },
  HardSwish: { build: through('HardSwish') },
  HardSigmoid: { build: through('HardSigmoid', { attributes: { alpha: float(0.3), beta: float(0.4) } }) },
  Mish: { build: through('Mish'), opset: 18 },
  Gelu: { build: through('Gelu'), opset: 20 },
  'Gelu by tanh': { build: through('Gelu', { attributes: { approximate: text('tanh') } }), opset: 20 },
  LeakyRelu: { build: through('LeakyRelu', { attributes: { alpha: float(0.3) } }) },
  Relu: { build: through('Relu') },
  Clip: {
    build: (g) => g.clip(conv(g, g.clip(conv(g, g.input), { min: -1, max: 1 })), { min: -0.5, max: 2 }),
  },
  LRN: {
    build: (g) =>
      g.lrn(conv(g, g.lrn(conv(g, g.input, 6), { size: 3, alpha: 2, bias: 1 })), { alpha: 1, bias: 1 }),
  },
  'a gate': {
    build: (g) => {
      const x = conv(g, g.input);
      const gate = g.node('Sigmoid', [g.conv(g.globalAveragePool(x), { out: 4, kernel: 1 })]);
      return conv(g, g.mul(x, gate));
    },
  },
  'x times its sigmoid': {
    build: (g) => {
      const x = conv(g, g.input);
      return conv(g, g.mul(x, g.node('Sigmoid', [x])));
    },
  },
  'a product of branches': {
    build: (g) => {
      const x = conv(g, g.input);
      return conv(g, g.mul(conv(g, x, 1), g.node('Tanh', [x])));
    },
  },
  'max pools and batch norm': {
    build: (g) => {
      const x = g.relu(g.batchNorm(conv(g, g.maxPool(conv(g, g.input), { kernel: 3, stride: 1, pad: 1 }))));
      return g.gemm(g.flatten(g.maxPool(x, { kernel: 3, stride: 2 })), { out: 4 });
    },
  },
};

/** Central differences of one unit by every pixel, on the naive network in float64. */
function differences(
  graph: Parameters<typeof naiveForward>[0],
  image: Float32Array,
  tensor: string,
  element: number,
): Float64Array {
  const step = 1e-5;
  const unit = (pixels: Float64Array) =>
    valuesOf(naiveForward(graph, { dims: input, data: pixels }), tensor).data[element]!;
  return Float64Array.from(image, (_, pixel) => {
    const [more, less] = [step, -step].map((shift) =>
      unit(Float64Array.from(image, (value, i) => (i === pixel ? value + shift : value))),
    );
    return (more! - less!) / (2 * step);
  });
}

describe('the gradient method', () => {
  it.each(Object.entries(smooth))(
    'is the derivative by finite differences: %s',
    async (_name, { build, opset = 17 }) => {
      const g = graphBuilder({ input, seed: 31, opset });
      const output = build(g);
      const graph = g.build({ outputs: [output] });
      const recording = await recordGraph(graph, { also: [output.name] });
      expect(faithfulness(recording.network, output.name, 'gradient').status).toBe('exact');
      const { height, width } = recording.network.resolved.grids.get(output.name)!;
      const position = [Math.floor(height / 2), Math.floor(width / 2)] as const;
      const values = recording.features.get(output.name)!;
      const element = (2 * height + position[0]) * width + position[1];
      const [own, one] = await projectWhole(
        recording,
        output.name,
        [
          { map: 2, position },
          { map: 2, position, seed: 1 },
        ],
        {
          method: 'gradient',
        },
      );
      const expected = differences(graph, recording.input.data, output.name, element);
      expect(expected.length).toBe(sizeOf(input));
      expect(relativeDifference(one!.whole, expected)).toBeLessThan(1e-5);
      if (values[element]! > 0) {
        const scaled = expected.map((slope) => slope * values[element]!);
        expect(relativeDifference(own!.whole, scaled)).toBeLessThan(1e-5);
      }
    },
  );
});
