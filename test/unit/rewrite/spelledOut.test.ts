import { describe, expect, it } from 'vitest';
import { methods, type MethodName } from '../../../src/core/deconvnet/methods';
import { openNetwork } from '../../../src/core/network';
import { floatTensor, int64Vector } from '../../../src/core/tensor/tensor';
import { float, graphBuilder, int, ints, text } from '../../support/graphBuilder';
import type { GraphBuilder, NodeOptions, TensorRef } from '../../support/graphBuilder';
import { naiveForward, naiveProjection } from '../../support/naiveNet';
import { projectWhole, recordGraph, relativeDifference } from '../../support/recording';

type Build = (g: GraphBuilder, x: TensorRef) => TensorRef;

const scalar = (g: GraphBuilder, name: string, value: number): TensorRef =>
  g.constant(name, floatTensor([], Float32Array.of(value)));

/** How PyTorch exports `nn.LocalResponseNorm`. */
const torchContrast =
  (size: number): Build =>
  (g, x) => {
    const [n, c, height, width] = x.dims as [number, number, number, number];
    const [before, after] = [Math.floor(size / 2), Math.floor((size - 1) / 2)];
    const maps = g.reshape(g.mul(x, x), [n, 1, c, height, width]);
    const pads = g.constant('pads', int64Vector([0, 0, before, 0, 0, 0, 0, after, 0, 0]));
    const padded = g.node('Pad', [maps, pads], { dims: [n, 1, c + size - 1, height, width] });
    const pooled = g.node('AveragePool', [padded], {
      dims: [n, 1, c, height, width],
      attributes: { kernel_shape: ints(size, 1, 1), strides: ints(1, 1, 1) },
    });
    const mean = g.mul(g.reshape(pooled, x.dims), scalar(g, 'alpha', 2));
    return g.div(x, g.node('Pow', [g.add(mean, scalar(g, 'k', 1)), scalar(g, 'beta', 0.75)]));
  };

const contrast =
  (size: number): Build =>
  (g, x) =>
    g.lrn(x, { size, alpha: 2, beta: 0.75, bias: 1 });

/** With the maps in reverse, ONNX takes one more before instead of behind where the number of maps is even. */
const reversedContrast: Build = (g, x) => {
  const reverse = (y: TensorRef, name: string): TensorRef =>
    g.node('Gather', [y, g.constant(name, int64Vector([5, 4, 3, 2, 1, 0]))], {
      attributes: { axis: int(1) },
    });
  return reverse(contrast(4)(g, reverse(x, 'there')), 'back');
};

const cubicGelu: Build = (g, x) => {
  const cube = g.node('Pow', [x, scalar(g, 'three', 3)]);
  const sum = g.add(x, g.mul(scalar(g, 'c', 0.044715), cube));
  const tanh = g.node('Tanh', [g.mul(sum, scalar(g, 'root', Math.sqrt(2 / Math.PI)))]);
  return g.mul(g.mul(scalar(g, 'half', 0.5), x), g.add(scalar(g, 'one', 1), tanh));
};

const lastAxis = (attributes: NodeOptions['attributes'] = {}): NodeOptions => ({
  attributes: { ...attributes, axes: ints(-1), keepdims: int(1) },
});

/** Layer norm over the maps, as exporters spell it before operator set 17. */
const layerNormSpelled: Build = (g, x) => {
  const last = g.transpose(x, [0, 2, 3, 1]);
  const dims = [...last.dims.slice(0, 3), 1];
  const mean = g.node('ReduceMean', [last], { ...lastAxis(), dims });
  const centred = g.sub(last, mean);
  const squares = g.node('Pow', [centred, scalar(g, 'two', 2)]);
  const variance = g.add(
    g.node('ReduceMean', [squares], { ...lastAxis(), dims }),
    scalar(g, 'epsilon', 1e-5),
  );
  const normal = g.div(centred, g.node('Sqrt', [variance], { dims }));
  return g.transpose(
    g.add(g.mul(normal, g.weight('gamma', [6], { mean: 1 })), g.weight('beta', [6])),
    [0, 3, 1, 2],
  );
};

const layerNorm: Build = (g, x) => {
  const inputs = [g.transpose(x, [0, 2, 3, 1]), g.weight('gamma', [6], { mean: 1 }), g.weight('beta', [6])];
  const attributes = { axis: int(-1), epsilon: float(1e-5) };
  return g.transpose(g.node('LayerNormalization', inputs, { attributes }), [0, 3, 1, 2]);
};

const cases: readonly { name: string; op: string; spelled: Build; plain: Build; opset?: number }[] = [
  { name: 'contrast normalisation', op: 'LRN', spelled: torchContrast(5), plain: contrast(5) },
  { name: 'layer norm', op: 'LayerNormalization', spelled: layerNormSpelled, plain: layerNorm },
  {
    name: 'Gelu by tanh',
    op: 'Gelu',
    spelled: cubicGelu,
    plain: (g, x) => g.node('Gelu', [x], { attributes: { approximate: text('tanh') } }),
    opset: 20,
  },
];

function build(middle: Build, opset = 17) {
  const g = graphBuilder({ input: [1, 3, 9, 10], seed: 8, opset });
  const x = middle(g, g.conv(g.input, { name: 'conv1', out: 6, kernel: 3 }));
  const output = g.relu(g.conv(x, { name: 'conv2', out: 4, kernel: 3 }));
  return { graph: g.build({ outputs: [output] }), tensor: output.name };
}

const units = [0, 1, 2, 3].map((map) => ({ map, position: [2, 3] as const, seed: 1 }));
const methodNames = Object.keys(methods) as MethodName[];

async function pictures({ graph, tensor }: ReturnType<typeof build>, method: MethodName) {
  const projections = await projectWhole(await recordGraph(graph), tensor, units, { method });
  return projections.map(({ whole }) => whole);
}

describe.each(cases)('$name, spelled out', ({ op, spelled, plain, opset }) => {
  it('is looked at as one node', () => {
    const { nodes } = openNetwork(build(spelled).graph).resolved;
    expect(nodes.map((node) => node.op)).toContain(op);
    expect(nodes.map((node) => node.op)).not.toContain('Div');
  });

  it.each(methodNames)('goes down as the operator does: %s', async (method) => {
    const [own, expected] = [
      await pictures(build(spelled), method),
      await pictures(build(plain, opset), method),
    ];
    own.forEach((picture, i) => expect(relativeDifference(picture, expected[i]!)).toBeLessThan(1e-4));
  });
});

// ONNX Runtime has no LRN over an even number of maps; the naive network does.
it.each(methodNames)('contrast normalisation over an even number of maps goes down: %s', async (method) => {
  const own = await pictures(build(torchContrast(4)), method);
  const { graph, tensor } = build(reversedContrast);
  const { input } = await recordGraph(build(torchContrast(4)).graph);
  const run = naiveForward(graph, input);
  own.forEach((picture, map) => {
    const element = (map * 5 + 2) * 6 + 3;
    const { data } = naiveProjection(run, { tensor, element, seed: 1, method });
    expect(relativeDifference(picture, data)).toBeLessThan(1e-4);
  });
});
