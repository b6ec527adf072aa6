import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Graph } from '../../../src/core/graph/graph';
import { labelOf } from '../../../src/core/graph/layers';
import { openNetwork } from '../../../src/core/network';
import { floatTensor, sizeOf, type Dims } from '../../../src/core/tensor/tensor';
import { graphBuilder, int } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { smallNet } from '../../support/smallNet';

/** How exporters call a node and its weights, and what people call the layer. */
const labels: readonly (readonly [name: string, op: string, weight: string, label: string])[] = [
  ['/features/features.0/Conv', 'Conv', 'features.0.weight', 'features.0'],
  ['/layer1/layer1.0/conv1/Conv', 'Conv', 'onnx::Conv_193', 'layer1.0.conv1'],
  ['/layer2/layer2.0/downsample/downsample.0/Conv', 'Conv', 'onnx::Conv_200', 'layer2.0.downsample.0'],
  ['/features/features.3/conv/conv.0/conv.0.0/Conv', 'Conv', 'onnx::Conv_7', 'features.3.conv.0.0'],
  ['/conv1/Conv', 'Conv', 'conv1.weight', 'conv1'],
  ['/inception3a/branch1/conv/Conv', 'Conv', 'onnx::Conv_9', 'inception3a.branch1.conv'],
  ['/fc/Gemm', 'Gemm', 'fc.weight', 'fc'],
  ['/classifier/classifier.6/Gemm', 'Gemm', 'classifier.6.weight', 'classifier.6'],
  ['/blocks/blocks.0/mlp/fc1/MatMul', 'MatMul', 'onnx::MatMul_5', 'blocks.0.mlp.fc1'],
  ['Conv_0', 'Conv', 'features.0.weight', 'features.0'],
  ['Conv_12', 'Conv', 'layer1.0.conv2.weight', 'layer1.0.conv2'],
  ['Gemm_40', 'Gemm', 'classifier.1.weight', 'classifier.1'],
  ['node_conv2d_3', 'Conv', 'features.6.weight', 'features.6'],
  ['node_Conv_12', 'Conv', 'layer1.0.conv1.weight', 'layer1.0.conv1'],
  ['node_linear', 'Gemm', 'fc.weight', 'fc'],
  ['fire2/squeeze1x1', 'Conv', 'fire2/squeeze1x1_w_0', 'fire2/squeeze1x1'],
  ['conv1/7x7_s2', 'Conv', 'conv1/7x7_s2_w_0', 'conv1/7x7_s2'],
  ['model/block1_conv1/Conv2D', 'Conv', 'model/block1_conv1/kernel', 'model/block1_conv1'],
  ['sequential/dense/MatMul', 'MatMul', 'sequential/dense/kernel', 'sequential/dense'],
  ['Convolution28', 'Conv', 'Parameter5', 'Convolution28'],
  ['n12', 'Conv', 'conv5_w_0', 'conv5'],
];

/** A convolution or matrix under the names of an exporter. */
function named(name: string, op: string, weight: string): Graph {
  const g = graphBuilder({ input: [1, 3, 4, 4] });
  const dims: Dims = op === 'Conv' ? [2, 3, 1, 1] : [48, 5];
  const weights = g.constant(weight, floatTensor(dims, new Float32Array(sizeOf(dims)).fill(0.1)));
  const x = op === 'Conv' ? g.input : g.flatten(g.input, { name: 'flat' });
  return g.build({
    outputs: [g.node(op, [x, weights], { name, dims: op === 'Conv' ? [1, 2, 4, 4] : [1, 5] })],
  });
}

describe('the label of a layer', () => {
  it.each(labels)('%s (%s of "%s") is %s', (name, op, weight, label) => {
    const graph = named(name, op, weight);
    expect(labelOf(graph.nodes.at(-1)!)).toBe(label);
    expect(openNetwork(graph).layers.map((layer) => layer.label)).toEqual([label]);
  });

  it('is told by the weights where the exporter left nodes without names', () => {
    const bytes = encodeOnnx(named('any', 'Conv', 'features.0.weight'));
    const proto = onnx.ModelProto.decode(bytes);
    for (const node of proto.graph!.node!) node.name = '';
    const { graph } = decodeOnnx(onnx.ModelProto.encode(proto).finish());
    expect(openNetwork(graph).layers[0]?.label).toBe('features.0');
  });

  it('is unique where a module is used several times', () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const weights = g.weight('shared.weight', [3, 3, 1, 1]);
    let x: TensorRef = g.input;
    for (const i of [0, 1, 2]) x = g.node('Conv', [x, weights], { name: `Conv_${i}` });
    const found = openNetwork(g.build({ outputs: [x] })).layers.map(({ label }) => label);
    expect(found).toEqual(['shared', 'shared (2)', 'shared (3)']);
  });
});

interface Chain {
  readonly build: (g: GraphBuilder) => TensorRef;
  /** Operators and parameters of every layer. */
  readonly layers: readonly (readonly [op: string, parameters: number])[];
}

const chains: Record<string, Chain> = {
  'convolution and activation': {
    build: (g) => g.relu(g.conv(g.input, { out: 4, kernel: 3 })),
    layers: [['Conv + Relu', 4 * 27 + 4]],
  },
  'batch norm in between': {
    build: (g) => g.clip(g.batchNorm(g.conv(g.input, { out: 4, kernel: 3, bias: 'none' }))),
    layers: [['Conv + BatchNormalization + Clip', 4 * 27 + 8]],
  },
  'a bias of its own': {
    build: (g) => g.relu(g.add(g.matMul(g.flatten(g.input), { out: 5 }), g.weight('b', [5]))),
    layers: [['MatMul + Add + Relu', 192 * 5 + 5]],
  },
  'batch norm spelled out': {
    build: (g) => {
      const x = g.conv(g.input, { out: 4, kernel: 3, bias: 'none' });
      return g.relu(g.add(g.mul(x, g.weight('a', [4, 1, 1])), g.weight('b', [4, 1, 1])));
    },
    layers: [['Conv + Mul + Add + Relu', 4 * 27 + 8]],
  },
  'a residual ends the layer before the sum': {
    build: (g) => {
      const x = g.relu(g.conv(g.input, { out: 3, kernel: 3, pad: 1 }));
      return g.relu(g.add(g.conv(x, { out: 3, kernel: 3, pad: 1 }), x));
    },
    layers: [
      ['Conv + Relu', 84],
      ['Conv', 84],
    ],
  },
  'a linear bottleneck': {
    build: (g) => g.conv(g.batchNorm(g.conv(g.input, { out: 2, kernel: 1 })), { out: 4, kernel: 1 }),
    layers: [
      ['Conv + BatchNormalization', 8 + 4],
      ['Conv', 12],
    ],
  },
  'one activation only': {
    build: (g) => g.relu(g.relu(g.conv(g.input, { out: 4, kernel: 3 }))),
    layers: [['Conv + Relu', 112]],
  },
  'a model output ends the layer': {
    build: (g) => g.conv(g.input, { out: 4, kernel: 3 }),
    layers: [['Conv', 112]],
  },
  'no softmax, no pool': {
    build: (g) =>
      g.softmax(
        g.gemm(g.flatten(g.maxPool(g.conv(g.input, { out: 2, kernel: 3 }), { kernel: 6 })), { out: 3 }),
      ),
    layers: [
      ['Conv', 56],
      ['Gemm', 9],
    ],
  },
};

describe('layers', () => {
  it.each(Object.entries(chains))(
    'are a filter with what directly follows it: %s',
    (_name, { build, layers }) => {
      const g = graphBuilder({ input: [1, 3, 8, 8] });
      const output = build(g);
      const found = openNetwork(g.build({ outputs: [output] })).layers;
      expect(found.map(({ op, parameters }) => [op, parameters])).toEqual(layers);
      for (const { nodes, tensor } of found) expect(nodes.at(-1)!.outputs[0]).toBe(tensor);
    },
  );

  it('come in network order with their shapes, the batch left out', () => {
    const found = openNetwork(smallNet(), { batch: 1 }).layers;
    expect(found.map(({ label, shape }) => [label, shape])).toEqual([
      ['conv1', [12, 23, 23]],
      ['conv2', [16, 12, 12]],
      ['conv3', [20, 6, 6]],
      ['fc4', [4]],
    ]);
  });
});

describe('the classifier', () => {
  const head = (build: (g: GraphBuilder, scores: TensorRef) => TensorRef, classes = 5) => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const scores = g.gemm(g.flatten(g.input), { name: 'fc', out: classes });
    return openNetwork(g.build({ outputs: [build(g, scores)] })).classifier;
  };

  it('is the scores before a softmax', () => {
    const expected = { logits: 'fc_output_0', probabilities: 'softmax1_output_0', classes: 5 };
    expect(head((g, x) => g.softmax(x))).toEqual(expected);
  });

  it('is the output where a model ends in scores', () => {
    expect(head((_g, x) => x)).toEqual({ logits: 'fc_output_0', probabilities: null, classes: 5 });
  });

  it('is the scores before a logarithmic softmax, whose values are no probabilities', () => {
    const expected = { logits: 'fc_output_0', probabilities: null, classes: 5 };
    expect(head((g, x) => g.node('LogSoftmax', [x], { attributes: { axis: int(1) } }))).toEqual(expected);
  });

  it('is found through reshapes and dropout behind the softmax', () => {
    const found = head((g, x) => g.dropout(g.reshape(g.softmax(x), [1, 5, 1, 1])));
    expect(found).toEqual({ logits: 'fc_output_0', probabilities: 'dropout1_output_0', classes: 5 });
  });

  it('is found where the scores are 1x1 maps', () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const scores = g.globalAveragePool(g.conv(g.input, { out: 6, kernel: 1 }), { name: 'pool' });
    const { classifier } = openNetwork(g.build({ outputs: [g.softmax(scores)] }));
    expect(classifier).toMatchObject({ logits: 'pool_output_0', classes: 6 });
  });

  it('is missing where a model ends in maps or in one number', () => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    expect(openNetwork(g.build({ outputs: [g.relu(g.input)] })).classifier).toBeNull();
    expect(head((_g, x) => x, 1)).toBeNull();
  });
});
