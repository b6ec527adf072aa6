import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openNetwork } from '../../../../src/core/network';
import {
  executed,
  INPUT,
  integers,
  noise,
  string,
  strings,
  tfGraph,
  whole,
  type TfAttribute,
  type TfNodeSpec,
  type TfWeight,
} from '../../../support/tfGraphs';
import {
  decodeFiles,
  difference,
  noiseImage,
  runImported,
  type TfjsFiles,
} from '../../../support/tfjsModels';

beforeAll(() => tf.setBackend('cpu'));

async function compare(files: TfjsFiles): Promise<void> {
  const image = noiseImage();
  const found = await runImported(decodeFiles(files), image);
  expect(difference(found, await executed(files, image))).toBeLessThan(1e-5);
}

/** A graph of one node that reads the image first, and constants. */
function oneNode(
  op: string,
  attr: Readonly<Record<string, TfAttribute>> = {},
  constants: readonly TfWeight[] = [],
): TfjsFiles {
  const names = constants.map((_, i) => `constant_${i}`);
  return tfGraph({
    nodes: [{ name: 'node', op, input: [INPUT, ...names], attr }],
    weights: Object.fromEntries(constants.map((weight, i) => [names[i]!, weight])),
    output: 'node',
  });
}

const window = (padding: 'SAME' | 'VALID', stride = 1) => ({
  strides: integers(1, stride, stride, 1),
  dilations: integers(1, 1, 1, 1),
  padding: string(padding),
  data_format: string('NHWC'),
});
const pooling = (padding: 'SAME' | 'VALID') => ({
  ...window(padding, 2),
  ksize: integers(1, 3, 2, 1),
});
const kernel = noise(3, 2, 3, 4);
const depthwise = noise(3, 3, 3, 2);
const fusedWith = (...ops: readonly string[]) => ({
  fused_ops: strings(...ops),
  num_args: { i: ops.includes('Prelu') ? '2' : '1' },
});
const positive = (weight: TfWeight): TfWeight => ({ ...weight, data: weight.data.map(Math.abs) });

const nodes: readonly (readonly [name: string, files: () => TfjsFiles])[] = [
  ['Conv2D SAME', () => oneNode('Conv2D', window('SAME', 2), [kernel])],
  ['Conv2D VALID', () => oneNode('Conv2D', window('VALID'), [kernel])],
  ['Conv2D with explicit paddings', () => oneNode('Conv2D', { ...window('SAME'), padding: string('EXPLICIT'), explicit_paddings: integers(0, 0, 1, 2, 0, 1, 0, 0) }, [kernel])],
  ['DepthwiseConv2dNative', () => oneNode('DepthwiseConv2dNative', window('SAME', 2), [depthwise])],
  ['_FusedConv2D with a bias', () => oneNode('_FusedConv2D', { ...window('SAME'), ...fusedWith('BiasAdd') }, [kernel, noise(4)])],
  ['_FusedConv2D with Relu', () => oneNode('_FusedConv2D', { ...window('VALID'), ...fusedWith('BiasAdd', 'Relu') }, [kernel, noise(4)])],
  ['_FusedConv2D with Relu6', () => oneNode('_FusedConv2D', { ...window('VALID'), ...fusedWith('BiasAdd', 'Relu6') }, [kernel, noise(4)])],
  ['_FusedConv2D with Elu', () => oneNode('_FusedConv2D', { ...window('VALID'), ...fusedWith('BiasAdd', 'Elu') }, [kernel, noise(4)])],
  ['_FusedConv2D with LeakyRelu', () => oneNode('_FusedConv2D', { ...window('VALID'), ...fusedWith('BiasAdd', 'LeakyRelu'), leakyrelu_alpha: { f: 0.3 } }, [kernel, noise(4)])],
  ['_FusedConv2D with Prelu', () => oneNode('_FusedConv2D', { ...window('VALID'), ...fusedWith('BiasAdd', 'Prelu') }, [kernel, noise(4), noise(4)])],
  ['FusedDepthwiseConv2dNative', () => oneNode('FusedDepthwiseConv2dNative', { ...window('SAME', 2), ...fusedWith('BiasAdd', 'Relu6') }, [depthwise, noise(6)])],
  ['FusedBatchNormV3', () => oneNode('FusedBatchNormV3', { epsilon: { f: 0.01 } }, [noise(3), noise(3), noise(3), positive(noise(3))])],
  ['MaxPool SAME', () => oneNode('MaxPool', pooling('SAME'))],
  ['MaxPool VALID', () => oneNode('MaxPool', pooling('VALID'))],
  ['AvgPool SAME', () => oneNode('AvgPool', pooling('SAME'))],
  ['AvgPool VALID', () => oneNode('AvgPool', pooling('VALID'))],
  ['Mean over positions', () => oneNode('Mean', { keep_dims: { b: false } }, [whole(1, 2)])],
  ['Mean over positions, axes kept', () => oneNode('Mean', { keep_dims: { b: true } }, [whole(1, 2)])],
  ['Mean over channels', () => oneNode('Mean', { keep_dims: { b: true } }, [whole(-1)])],
  ['Max over rows', () => oneNode('Max', { keep_dims: { b: false } }, [whole(1)])],
  ['Pad', () => oneNode('Pad', {}, [{ shape: [4, 2], data: Int32Array.of(0, 0, 1, 2, 3, 0, 0, 0) }])],
  ['PadV2', () => oneNode('PadV2', {}, [{ shape: [4, 2], data: Int32Array.of(0, 0, 1, 2, 3, 0, 0, 0) }, { shape: [], data: Float32Array.of(0.5) }])],
  ['AddV2 of a constant by channel', () => oneNode('AddV2', {}, [noise(3)])],
  ['Mul by a scalar', () => oneNode('Mul', {}, [{ shape: [], data: Float32Array.of(0.5) }])],
  ['Sub of a constant by column and channel', () => oneNode('Sub', {}, [noise(7, 3)])],
  ['RealDiv', () => oneNode('RealDiv', {}, [noise(3)])],
  ['Maximum', () => oneNode('Maximum', {}, [noise(3)])],
  ['Minimum', () => oneNode('Minimum', {}, [noise(3)])],
  ['Reshape to a matrix', () => oneNode('Reshape', {}, [whole(-1, 189)])],
  ['Reshape to maps', () => oneNode('Reshape', {}, [whole(-1, 3, 7, 9)])],
  ['Transpose', () => oneNode('Transpose', {}, [whole(0, 2, 1, 3)])],
  ['ExpandDims of a matrix', () => chain([['Mean', { keep_dims: { b: false } }, [whole(1, 2)]], ['ExpandDims', {}, [{ shape: [], data: Int32Array.of(1) }]]])],
  ['Squeeze', () => chain([['Mean', { keep_dims: { b: true } }, [whole(1, 2)]], ['Squeeze', { squeeze_dims: integers(1, 2) }, []]])],
  ['a matrix product', () => chain([['Reshape', {}, [whole(-1, 189)]], ['MatMul', { transpose_b: { b: false } }, [noise(189, 5)]]])],
  ['a transposed matrix product', () => chain([['Reshape', {}, [whole(-1, 189)]], ['MatMul', { transpose_b: { b: true } }, [noise(5, 189)]]])],
  ['_FusedMatMul', () => chain([['Reshape', {}, [whole(-1, 189)]], ['_FusedMatMul', fusedWith('BiasAdd', 'Relu'), [noise(189, 5), noise(5)]]])],
  ['LeakyRelu', () => oneNode('LeakyRelu', { alpha: { f: 0.1 } })],
  ['Prelu', () => oneNode('Prelu', {}, [noise(3)])],
  ['Softmax', () => oneNode('Softmax')],
]; // prettier-ignore

/** Nodes one after the other, each with constants of its own behind what it reads. */
function chain(
  links: readonly (readonly [
    op: string,
    attr: Record<string, TfAttribute>,
    constants: readonly TfWeight[],
  ])[],
): TfjsFiles {
  const weights: Record<string, TfWeight> = {};
  const made = links.map(([op, attr, constants], i): TfNodeSpec => {
    const names = constants.map((_, j) => `constant_${i}_${j}`);
    names.forEach((name, j) => (weights[name] = constants[j]!));
    return { name: `node_${i}`, op, attr, input: [i === 0 ? INPUT : `node_${i - 1}`, ...names] };
  });
  return tfGraph({ nodes: made, weights, output: made.at(-1)!.name });
}

const unary = [
  'Relu',
  'Relu6',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Exp',
  'Neg',
  'Abs',
  'Square',
  'Identity',
];

describe('nodes of a graph model compute what TensorFlow.js computes', () => {
  test.each(nodes)('%s', async (_name, files) => compare(files()));
  test.each(unary)('%s', (op) => compare(oneNode(op)));

  test('several branches and one concatenation', () =>
    compare(
      tfGraph({
        nodes: [
          { name: 'a', op: 'Conv2D', input: [INPUT, 'kernel'], attr: window('SAME') },
          { name: 'b', op: 'Relu', input: ['a'] },
          { name: 'c', op: 'AddN', input: ['a', 'b', 'a'] },
          { name: 'd', op: 'ConcatV2', input: ['b', 'c', INPUT, 'axis'], attr: { N: { i: '3' } } },
        ],
        weights: { kernel, axis: { shape: [], data: Int32Array.of(-1) } },
        output: 'd',
      }),
    ));

  test('a flattening whose shape is computed from the batch', () =>
    compare(
      tfGraph({
        nodes: [
          { name: 'shape', op: 'Shape', input: [INPUT] },
          {
            name: 'batch',
            op: 'StridedSlice',
            input: ['shape', 'zero', 'one', 'one'],
            attr: { shrink_axis_mask: { i: '1' } },
          },
          { name: 'target', op: 'Pack', input: ['batch', 'rest'], attr: { axis: { i: '0' } } },
          { name: 'flat', op: 'Reshape', input: [INPUT, 'target'] },
        ],
        weights: { zero: whole(0), one: whole(1), rest: { shape: [], data: Int32Array.of(189) } },
        output: 'flat',
      }),
    ));
});

describe('layers of a graph model', () => {
  const named = tfGraph({
    nodes: [
      {
        name: 'StatefulPartitionedCall/net/block1/conv1/Relu',
        op: '_FusedConv2D',
        input: [INPUT, 'StatefulPartitionedCall/net/block1/conv1/Conv2D/ReadVariableOp', 'bias'],
        attr: { ...window('SAME'), ...fusedWith('BiasAdd', 'Relu') },
      },
      {
        name: 'StatefulPartitionedCall/net/conv2/Conv2D',
        op: 'Conv2D',
        input: ['StatefulPartitionedCall/net/block1/conv1/Relu', 'unknown'],
        attr: window('SAME'),
      },
    ],
    weights: {
      'StatefulPartitionedCall/net/block1/conv1/Conv2D/ReadVariableOp': kernel,
      bias: noise(4),
      unknown: noise(1, 1, 4, 2),
    },
    output: 'StatefulPartitionedCall/net/conv2/Conv2D',
  });

  test('carry the names from before they were fused, without that of the model', () => {
    expect(openNetwork(decodeFiles(named)).layers.map(({ label, op }) => [label, op])).toEqual([
      ['block1/conv1', 'Conv + Relu'],
      ['conv2', 'Conv'],
    ]);
  });

  test('are found without a signature', async () => {
    await compare(named);
    const model = { ...named.model, signature: undefined };
    expect(decodeFiles({ ...named, model }).outputs).toEqual(decodeFiles(named).outputs);
  });
});
