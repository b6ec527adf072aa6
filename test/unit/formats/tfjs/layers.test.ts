import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { openNetwork } from '../../../../src/core/network';
import { gaussians, seededRandom } from '../../../support/random';
import {
  decodeFiles,
  difference,
  noiseImage as image,
  runImported,
  saved,
  type TfjsFiles,
} from '../../../support/tfjsModels';

type Layer = layers.layers.Layer | ReturnType<typeof layers.layers.conv2d>;
const l = layers.layers;

beforeAll(() => tf.setBackend('cpu'));

/** Weights that differ, also those that layers start with zeros or ones, and variances that are positive. */
function shake(model: layers.LayersModel): void {
  const random = seededRandom(3);
  model.setWeights(
    model.getWeights().map((weight) => {
      const values = gaussians(random, weight.size, { std: 0.5 }).map(
        (value) => Math.abs(value) + 0.1 * value,
      );
      return tf.tensor(values, weight.shape);
    }),
  );
}

async function compare(model: layers.LayersModel, input: tf.Tensor4D): Promise<TfjsFiles> {
  shake(model);
  const files = await saved(model);
  const found = await runImported(decodeFiles(files), input);
  expect(difference(found, model.predict(input) as tf.Tensor)).toBeLessThan(1e-5);
  return files;
}

const inputShape = [9, 7, 3];
const sequential = (...chain: Layer[]) => layers.sequential({ layers: chain });

const windows = [1, 2].flatMap((stride) =>
  (['same', 'valid'] as const).flatMap((padding) => [
    [`conv2d ${padding} stride ${stride}`, () => l.conv2d({ inputShape, filters: 4, kernelSize: [3, 2], strides: stride, padding })],
    [`depthwise ${padding} stride ${stride}`, () => l.depthwiseConv2d({ inputShape, kernelSize: 3, depthMultiplier: 2, strides: [stride, stride], padding })],
    [`separable ${padding} stride ${stride}`, () => l.separableConv2d({ inputShape, filters: 5, kernelSize: 3, strides: [stride, stride], padding })],
    [`transposed ${padding} stride ${stride}`, () => l.conv2dTranspose({ inputShape, filters: 2, kernelSize: 3, strides: stride, padding })],
    [`max pool ${padding} stride ${stride}`, () => l.maxPooling2d({ inputShape, poolSize: [3, 2], strides: [stride, stride], padding })],
    [`average pool ${padding} stride ${stride}`, () => l.averagePooling2d({ inputShape, poolSize: [3, 2], strides: [stride, stride], padding })],
  ] as const),
); // prettier-ignore

const single: readonly (readonly [string, () => Layer])[] = [
  ...windows,
  ['dilated conv2d same', () => l.conv2d({ inputShape, filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })],
  ['dilated conv2d valid', () => l.conv2d({ inputShape, filters: 4, kernelSize: 3, dilationRate: [2, 1] })],
  ['conv2d without bias', () => l.conv2d({ inputShape, filters: 4, kernelSize: 3, useBias: false })],
  ['transposed with a stride beyond its kernel', () => l.conv2dTranspose({ inputShape, filters: 2, kernelSize: 2, strides: 3 })],
  ['batch norm', () => l.batchNormalization({ inputShape })],
  ['batch norm without scale and centre', () => l.batchNormalization({ inputShape, scale: false, center: false, epsilon: 0.1 })],
  ['relu', () => l.reLU({ inputShape })],
  ['relu with a maximum', () => l.reLU({ inputShape, maxValue: 1 })],
  ['leaky relu', () => l.leakyReLU({ inputShape, alpha: 0.2 })],
  ['leaky relu as it starts', () => l.leakyReLU({ inputShape })],
  ['parametric relu', () => l.prelu({ inputShape })],
  ['parametric relu by channel', () => l.prelu({ inputShape, sharedAxes: [1, 2] })],
  ['elu', () => l.elu({ inputShape, alpha: 1 })],
  ['thresholded relu', () => l.thresholdedReLU({ inputShape, theta: 0.5 })],
  ['softmax', () => l.softmax({ inputShape, axis: 3 })],
  ['dense over positions', () => l.dense({ inputShape, units: 4 })],
  ['flatten', () => l.flatten({ inputShape })],
  ['reshape to maps', () => l.reshape({ inputShape, targetShape: [3, 7, 9] })],
  ['reshape to a matrix', () => l.reshape({ inputShape, targetShape: [21, 9] })],
  ['permute', () => l.permute({ inputShape, dims: [2, 3, 1] })],
  ['global average pool', () => l.globalAveragePooling2d({ inputShape })],
  ['global max pool', () => l.globalMaxPooling2d({ inputShape })],
  ['zero padding', () => l.zeroPadding2d({ inputShape, padding: [[1, 2], [3, 0]] })],
  ['even zero padding', () => l.zeroPadding2d({ inputShape, padding: 1 })],
  ['cropping', () => l.cropping2D({ inputShape, cropping: [[1, 2], [0, 3]] })],
  ['up sampling', () => l.upSampling2d({ inputShape, size: [2, 3] })],
  ['dropout', () => l.dropout({ inputShape, rate: 0.5 })],
  ['gaussian noise', () => l.gaussianNoise({ inputShape, stddev: 1 })],
  ['gaussian dropout', () => l.gaussianDropout({ inputShape, rate: 0.5 })],
  ['alpha dropout', () => l.alphaDropout({ inputShape, rate: 0.5 })],
  ['rescaling', () => l.rescaling({ inputShape, scale: 0.5, offset: -1 })],
]; // prettier-ignore

const activations = [
  'linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign', 'softmax', 'swish',
  'mish', 'gelu',
] as const; // prettier-ignore

describe('layers compute what TensorFlow.js computes', () => {
  test.each(single)('%s', async (_name, layer) => {
    await compare(sequential(layer()), image());
  });

  test.each(activations)('activation %s', async (activation) => {
    await compare(sequential(l.activation({ inputShape, activation })), image());
  });

  test('an activation within a layer', async () => {
    const chain = [l.conv2d({ inputShape, filters: 4, kernelSize: 3, activation: 'relu' }), l.flatten()];
    await compare(sequential(...chain, l.dense({ units: 5, activation: 'softmax' })), image());
  });

  const merges = [
    ['add', l.add], ['multiply', l.multiply], ['average', l.average], ['maximum', l.maximum],
    ['minimum', l.minimum], ['concatenate', l.concatenate],
  ] as const; // prettier-ignore

  test.each(merges)('%s of three', async (_name, merge) => {
    const input = layers.input({ shape: inputShape });
    const branches = [1, 2, 3].map(() =>
      l.conv2d({ filters: 4, kernelSize: 1 }).apply(input),
    ) as layers.SymbolicTensor[];
    const outputs = merge({}).apply(branches) as layers.SymbolicTensor;
    await compare(layers.model({ inputs: input, outputs }), image());
  });

  test('concatenation along rows', async () => {
    const input = layers.input({ shape: inputShape });
    const outputs = l.concatenate({ axis: 1 }).apply([input, input]) as layers.SymbolicTensor;
    await compare(layers.model({ inputs: input, outputs }), image());
  });

  test('a squeeze-excite gate', async () => {
    const input = layers.input({ shape: inputShape });
    const gate = [
      l.globalAveragePooling2d({}),
      l.reshape({ targetShape: [1, 1, 3] }),
      l.conv2d({ filters: 3, kernelSize: 1, activation: 'sigmoid' }),
    ].reduce((x, layer) => layer.apply(x) as layers.SymbolicTensor, input);
    const outputs = l.multiply().apply([input, gate]) as layers.SymbolicTensor;
    await compare(layers.model({ inputs: input, outputs }), image());
  });
});

describe('models of layers', () => {
  const twice = () => {
    const shared = l.conv2d({
      name: 'shared',
      filters: 3,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
    });
    const input = layers.input({ shape: inputShape, name: 'picture' });
    const outputs = shared.apply(shared.apply(input)) as layers.SymbolicTensor;
    return layers.model({ inputs: input, outputs });
  };

  test('a layer that is used twice has one set of weights and two entries', async () => {
    const graph = decodeFiles(await compare(twice(), image()));
    expect(openNetwork(graph).layers.map(({ label }) => label)).toEqual(['shared', 'shared (2)']);
    expect([...graph.constants.keys()]).toEqual(['shared/kernel', 'shared/bias']);
  });

  test('models within models, both sequential and functional', async () => {
    const block = sequential(
      l.conv2d({ name: 'inner', inputShape, filters: 3, kernelSize: 3, padding: 'same' }),
    );
    block.name = 'block';
    const other = twice();
    other.name = 'pair';
    const input = layers.input({ shape: inputShape });
    const outputs = [block, other, l.flatten(), l.dense({ name: 'scores', units: 4 })].reduce(
      (x, layer) => layer.apply(x) as layers.SymbolicTensor,
      input,
    );
    const graph = decodeFiles(await compare(layers.model({ inputs: input, outputs }), image()));
    expect(openNetwork(graph).layers.map(({ label }) => label)).toEqual([
      'block/inner',
      'pair/shared',
      'pair/shared (2)',
      'scores',
    ]);
  });

  test('a model that begins with a model', async () => {
    const block = sequential(l.conv2d({ inputShape, filters: 3, kernelSize: 3 }));
    await compare(layers.sequential({ layers: [block, l.flatten()] }), image());
  });

  test('an input of any size', async () => {
    const model = sequential(
      l.conv2d({ inputShape: [null, null, 3], filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      l.globalAveragePooling2d({}),
    ); // prettier-ignore
    const graph = decodeFiles(await compare(model, image(10, 13)));
    expect(graph.inputs[0]!.shape).toEqual([null, 3, null, null]);
  });

  test('layers carry the names that the source gives them', async () => {
    const model = sequential(
      l.conv2d({ name: 'conv2d_7', inputShape, filters: 4, kernelSize: 3 }),
      l.batchNormalization({ name: 'norm' }),
      l.reLU({ name: 'rectified' }),
      l.flatten(),
      l.dense({ name: 'scores', units: 4, activation: 'softmax' }),
    );
    const { layers: found, classifier } = openNetwork(decodeFiles(await compare(model, image())));
    expect(found.map(({ label, op }) => [label, op])).toEqual([
      ['conv2d_7', 'Conv + BatchNormalization + Relu'],
      ['scores', 'Gemm'],
    ]);
    expect(classifier).toMatchObject({ logits: 'scores', classes: 4 });
  });
});

/** The spelling of Keras 3, by hand: its own converter needs Python. */
function asKeras3({ model, shards }: TfjsFiles): TfjsFiles {
  const text = JSON.stringify(model, (key, value: unknown) => {
    if (key === 'inbound_nodes') {
      return (value as unknown[][][]).map((call) => {
        const tensors = call.map(([name, node, tensor]) => ({
          class_name: '__keras_tensor__',
          config: { shape: [null, 9, 7, 3], dtype: 'float32', keras_history: [name, node, tensor] },
        }));
        return { args: tensors.length === 1 ? tensors : [tensors], kwargs: {} };
      });
    }
    if (key === 'input_layers' || key === 'output_layers') return (value as unknown[])[0];
    if (key === 'dtype' && value === 'float32') return value;
    return value;
  });
  const keras3 = text
    .replaceAll('"batch_input_shape"', '"batch_shape"')
    .replaceAll('"alpha"', '"negative_slope"')
    .replaceAll('"class_name":"Model"', '"class_name":"Functional"')
    .replace(/"keras_version":"[^"]*"/, '"keras_version":"3.3.0"');
  return { model: JSON.parse(keras3) as Record<string, unknown>, shards };
}

describe('Keras 3', () => {
  test('connections, shapes and names in its spelling mean the same', async () => {
    const input = layers.input({ shape: inputShape });
    const branch = l
      .conv2d({ filters: 3, kernelSize: 3, padding: 'same' })
      .apply(input) as layers.SymbolicTensor;
    const sum = l.add().apply([input, branch]) as layers.SymbolicTensor;
    const outputs = l.leakyReLU({ alpha: 0.15 }).apply(sum) as layers.SymbolicTensor;
    const model = layers.model({ inputs: input, outputs });
    const files = asKeras3(await compare(model, image()));
    const found = await runImported(decodeFiles(files), image());
    expect(difference(found, model.predict(image()) as tf.Tensor)).toBeLessThan(1e-5);
  });

  test('its hard sigmoid is steeper', async () => {
    const files = await saved(sequential(l.activation({ inputShape, activation: 'hardSigmoid' })));
    const found = await runImported(decodeFiles(asKeras3(files)), image());
    expect(difference(found, tf.div(tf.clipByValue(tf.add(image(), 3), 0, 6), 6))).toBeLessThan(1e-5);
  });
});

describe('layers that TensorFlow.js itself does not compute as Keras does', () => {
  /** A model of one layer without weights, as Keras writes it. */
  const oneLayer = (kind: string, config: Record<string, unknown>): TfjsFiles => ({
    model: {
      modelTopology: {
        keras_version: '2.15.0',
        model_config: {
          class_name: 'Sequential',
          config: {
            name: 'one',
            layers: [
              { class_name: 'InputLayer', config: { name: 'picture', batch_input_shape: [null, 9, 7, 3] } },
              { class_name: kind, config: { name: 'layer', ...config } },
            ],
          },
        },
      },
      weightsManifest: [],
    },
    shards: {},
  });
  const relu = (x: number, { most = Infinity, slope = 0, threshold = 0 }): number =>
    x >= most ? most : x >= threshold ? x : slope * (x - threshold);

  test.each([
    { max_value: 1 },
    { negative_slope: 0.1 },
    { threshold: 0.4 },
    { max_value: 1, negative_slope: 0.1 },
    { max_value: 1.5, threshold: 0.4 },
  ])('ReLU with %j', async (config) => {
    const found = await runImported(decodeFiles(oneLayer('ReLU', config)), image());
    const spec = { most: config.max_value, slope: config.negative_slope, threshold: config.threshold };
    const expected = image().dataSync<'float32'>().map((x) => relu(x, spec)); // prettier-ignore
    expect(difference(found, tf.tensor(expected, image().shape))).toBeLessThan(1e-6);
  });

  test('Normalization takes the mean off and divides by the deviation', async () => {
    const config = { mean: [[[[0.1, 0.2, 0.3]]]], variance: [[[[4, 1, 0.25]]]] };
    const found = await runImported(decodeFiles(oneLayer('Normalization', config)), image());
    expect(difference(found, tf.div(tf.sub(image(), [0.1, 0.2, 0.3]), [2, 1, 0.5]))).toBeLessThan(1e-5);
  });

  test('depthwise filters may be dilated', async () => {
    const model = sequential(l.depthwiseConv2d({ inputShape, kernelSize: 3, dilationRate: 2, padding: 'same', useBias: false })); // prettier-ignore
    shake(model);
    const found = await runImported(decodeFiles(await saved(model)), image());
    const [kernel] = model.getWeights() as [tf.Tensor4D];
    const expected = tf.depthwiseConv2d(image(), kernel, 1, 'same', 'NHWC', 2);
    expect(difference(found, expected)).toBeLessThan(1e-5);
  });

  test('Rescaling may differ by channel', async () => {
    const config = { scale: [1, 2, 3], offset: [0, -1, 1] };
    const found = await runImported(decodeFiles(oneLayer('Rescaling', config)), image());
    expect(difference(found, tf.add(tf.mul(image(), [1, 2, 3]), [0, -1, 1]))).toBeLessThan(1e-5);
  });

  test('global pools may keep their axes', async () => {
    const found = await runImported(
      decodeFiles(oneLayer('GlobalAveragePooling2D', { keepdims: true })),
      image(),
    );
    expect(difference(found, tf.mean(image(), [1, 2], true))).toBeLessThan(1e-5);
  });

  test.each(['SpatialDropout2D', 'RandomFlip', 'ActivityRegularization'])('%s does nothing', async (kind) => {
    const relu6 = oneLayer('ReLU', { max_value: 6 });
    const files = JSON.parse(
      JSON.stringify(relu6).replace(
        '{"class_name":"ReLU"',
        `{"class_name":"${kind}","config":{"name":"nothing","rate":0.5}},{"class_name":"ReLU"`,
      ),
    ) as TfjsFiles;
    expect(decodeFiles(files).nodes.map(({ op }) => op)).toEqual(['Clip']);
  });
});

test('what was declared with a model is kept, under names that the format does not use itself', async () => {
  const files = await saved(layers.sequential({ layers: [l.reLU({ inputShape: [4, 4, 3] })] }));
  const userDefinedMetadata = { epoch: 7, note: 'early', 'onnx.ir_version': '99', nested: {} };
  const { metadata } = decodeFiles({ ...files, model: { ...files.model, userDefinedMetadata } });
  expect([...metadata].slice(0, 2)).toEqual([['epoch', '7'], ['note', 'early']]); // prettier-ignore
  expect([...metadata.keys()]).toEqual(['epoch', 'note', 'onnx.producer_name']);
});
