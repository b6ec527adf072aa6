import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { model as spelled } from '../../media/samples/zfnet.tfjs';
import { readNpy } from '../../src/core/formats/npy';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import type { GraphNode } from '../../src/core/graph/graph';
import type { Network } from '../../src/core/network';
import { toFloat32 } from '../../src/core/tensor/tensor';
import type { PythonCall } from '../support/pythonCalls';
import { pythonCalls } from '../support/pythonCalls';
import { recordGraph, relativeDifference } from '../support/recording';
import * as tf from '../support/tensorflow';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file));

/** Layers of the samples and the tensors of the bundled model that they make. */
const counterparts = [
  ['conv1', 'relu1'],
  ['pool1', 'pool1'],
  ['norm1', 'norm1'],
  ['conv2', 'relu2'],
  ['pool2', 'pool2'],
  ['norm2', 'norm2'],
  ['conv3', 'relu3'],
  ['conv4', 'relu4'],
  ['conv5', 'relu5'],
  ['pool5', 'pool5'],
  ['fc6', 'relu6'],
  ['fc7', 'relu7'],
  ['fc8', 'fc8'],
  ['softmax', 'softmax'],
] as const;

const { graph } = decodeOnnx(read('media/zfnet/zfnet.onnx'), { file: 'zfnet.onnx' });
const recording = await recordGraph(graph, {
  image: toFloat32(readNpy(read('test/golden/zfnet/zfnet.input.npy'))),
  also: counterparts.map(([, tensor]) => tensor),
});

describe('the TensorFlow.js sample', () => {
  loadWeights(spelled, recording.network);
  const tensors = counterparts.map(([layer]) => spelled.getLayer(layer).output as tf.SymbolicTensor);
  const [, height, width] = recording.network.input.dims.slice(1);
  const image = tf.transpose(tf.tensor4d(recording.input.data, [1, 3, height!, width!]), [0, 2, 3, 1]);
  const outputs = tf.model({ inputs: spelled.inputs, outputs: tensors }).predict(image) as tf.Tensor[];

  it.each(counterparts)('computes in %s what the bundled model computes in %s', (layer, tensor) => {
    const output = outputs[counterparts.findIndex(([name]) => name === layer)]!;
    const channelsFirst = output.rank === 4 ? tf.transpose(output, [0, 3, 1, 2]) : output;
    const expected = recording.features.get(tensor)!;
    expect(channelsFirst.size).toBe(expected.length);
    expect(relativeDifference(channelsFirst.dataSync() as Float32Array, expected)).toBeLessThan(1e-5);
  });
});

describe('the Keras sample', () => {
  const source = read('media/samples/zfnet_keras.py').toString();
  const described = pythonCalls(source, 'layers').map(describeKeras);

  it('has the layers of the TensorFlow.js sample, with the same names and arguments', () => {
    expect(described).toEqual(spelled.layers.map(describeLayer));
  });

  it('normalises contrast as the TensorFlow.js sample does', () => {
    const [, given] = /local_response_normalization\(x, (.*)\)/.exec(source) ?? [];
    expect(given).toBe('depth_radius=2, bias=2.0, alpha=2e-5, beta=0.75');
    expect(read('media/samples/zfnet.tfjs.ts').toString()).toContain(
      'tf.localResponseNormalization(x, 2, 2, 2e-5, 0.75)',
    );
  });
});

describe('the PyTorch sample', () => {
  const modules = pythonCalls(read('media/samples/zfnet.py').toString(), 'nn');

  it('has the nodes of the bundled model, with the same names and arguments', () => {
    const nodes = graph.nodes.filter(({ op }) => op !== 'Cast').map((node) => describeNode(node));
    // Dropout does nothing in a finished network, so its file has none.
    const kept = modules.filter(({ callee }) => callee !== 'Dropout').map(describeModule);
    expect(kept).toEqual(nodes);
  });
});

interface Description {
  readonly name: string;
  readonly kind: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a layer of Keras or TensorFlow.js is told, beside its name; both have the same defaults. */
const layerArguments: Readonly<Record<string, readonly string[]>> = {
  ZeroPadding2D: ['padding'],
  Conv2D: ['filters', 'kernelSize', 'strides', 'padding', 'activation'],
  MaxPooling2D: ['poolSize', 'strides', 'padding'],
  Dense: ['units', 'activation'],
  Dropout: ['rate'],
};
const layerDefaults: Readonly<Record<string, unknown>> = {
  strides: 1,
  padding: 'valid',
  activation: 'linear',
};

function describeKeras({ callee, positional, named }: PythonCall): Description {
  const names = layerArguments[callee] ?? [];
  const given: Record<string, unknown> = {};
  for (const [i, name] of names.entries()) {
    const text = positional[i] ?? named[name];
    given[name] = text === undefined ? layerDefaults[name] : (JSON.parse(text) as unknown);
  }
  const kind = callee === 'Lambda' && positional[0] === 'across_maps' ? 'AcrossMaps' : callee;
  return { name: JSON.parse(named['name']!) as string, kind, arguments: given };
}

function describeLayer(layer: tf.layers.Layer): Description {
  const kind = layer.getClassName();
  const config = layer.getConfig();
  const given = (layerArguments[kind] ?? []).map((name) => [name, single(config[name])]);
  return { name: layer.name, kind, arguments: Object.fromEntries(given) as Description['arguments'] };
}

/** What is the same along every axis, said once. */
function single(value: unknown): unknown {
  const all = [value].flat(3);
  return new Set(all).size === 1 ? all[0] : value;
}

function describeModule({ keyword = '', callee, positional, named }: PythonCall): Description {
  const number = (text: string | undefined, missing: number) => (text === undefined ? missing : Number(text));
  const product = (text = '') => text.split('*').reduce((value, factor) => value * Number(factor), 1);
  const window = () => ({
    kernel: number(named['kernel_size'], NaN),
    stride: number(named['stride'], 1),
    padding: number(named['padding'], 0),
  });
  const arrangements: Readonly<Record<string, () => Omit<Description, 'name'>>> = {
    Conv2d: () => ({ kind: 'Conv', arguments: { weights: positional.map(Number), ...window() } }),
    MaxPool2d: () => ({ kind: 'MaxPool', arguments: window() }),
    Linear: () => ({ kind: 'Gemm', arguments: { weights: positional.map(product) } }),
    LocalResponseNorm: () => {
      const { alpha, beta, k } = named;
      const [size, ...rest] = [positional[0], alpha, beta, k].map(Number);
      return { kind: 'LRN', arguments: { size, constants: rest.map(Math.fround) } };
    },
    ReLU: () => ({ kind: 'Relu', arguments: {} }),
  };
  return { name: keyword, ...(arrangements[callee]?.() ?? { kind: callee, arguments: {} }) };
}

function describeNode({ name, op, inputs, attributes }: GraphNode): Description {
  const attribute = (key: string) => {
    const found = attributes.get(key);
    return found === undefined || found.kind === 'opaque' ? undefined : single(found.value);
  };
  const window = {
    kernel: attribute('kernel_shape'),
    stride: attribute('strides'),
    padding: attribute('pads'),
  };
  const weights = () => recording.network.resolved.constants.get(inputs[1]!)!.dims.slice(0, 2).reverse();
  const arrangements: Readonly<Record<string, () => Description['arguments']>> = {
    Conv: () => ({ weights: weights(), ...window }),
    MaxPool: () => window,
    Gemm: () => ({ weights: weights() }),
    LRN: () => ({ size: attribute('size'), constants: ['alpha', 'beta', 'bias'].map(attribute) }),
  };
  return { name, kind: op, arguments: arrangements[op]?.() ?? {} };
}

/** Puts the weights of the bundled model into the layers of the same name, in TensorFlow's order of axes. */
function loadWeights(model: tf.Sequential, { resolved }: Network): void {
  for (const { name, op, inputs } of resolved.nodes) {
    if (op !== 'Conv' && op !== 'Gemm') continue;
    const [weight, bias] = inputs.slice(1).map((input) => resolved.constants.get(input)!);
    const values = tf.tensor(toFloat32(weight!), [...weight!.dims]);
    const kernel = op === 'Conv' ? tf.transpose(values, [2, 3, 1, 0]) : denseKernel(name, values);
    model.getLayer(name).setWeights([kernel, tf.tensor1d(toFloat32(bias!))]);
  }
}

/** `[outputs, inputs]` to `[inputs, outputs]`; fc6 reads maps that TensorFlow flattens with the channels last. */
function denseKernel(name: string, values: tf.Tensor): tf.Tensor {
  if (name !== 'fc6') return tf.transpose(values);
  const [outputs = 0, inputs = 0] = values.shape;
  const maps = tf.reshape(values, [outputs, inputs / 9, 3, 3]);
  return tf.reshape(tf.transpose(maps, [2, 3, 1, 0]), [inputs, outputs]);
}
