import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { externalDataMissing, externalDataShort } from '../../src/core/errors';
import type { ShardFiles } from '../../src/core/formats/tfjs/weights';
import { decodeTfjs } from '../../src/core/formats/tfjs/decode';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Graph } from '../../src/core/graph/graph';
import { gaussians, seededRandom } from './random';
import { runOnnx } from './runOnnx';

/** A model as the files of it would be: the parsed `model.json`, and the weights by file name. */
export interface TfjsFiles {
  readonly model: Record<string, unknown>;
  readonly shards: Readonly<Record<string, Uint8Array>>;
}

/** A classifier as a user would save it: two convolutions with pools, and scores. */
export function classifier(seed = 1): LayersModel {
  const l = layers.layers;
  const model = layers.sequential({
    layers: [
      l.conv2d({ name: 'conv1', inputShape: [32, 32, 3], filters: 6, kernelSize: 5, activation: 'relu' }),
      l.maxPooling2d({ name: 'pool1', poolSize: 3, strides: 2, padding: 'same' }),
      l.conv2d({ name: 'conv2', filters: 8, kernelSize: 3, activation: 'relu', padding: 'same' }),
      l.maxPooling2d({ name: 'pool2', poolSize: 2 }),
      l.flatten({ name: 'flat' }),
      l.dense({ name: 'scores', units: 4, activation: 'softmax' }),
    ],
  });
  const random = seededRandom(seed);
  model.setWeights(
    model.getWeights().map(({ size, shape }) => tf.tensor(gaussians(random, size, { std: 0.3 }), shape)),
  );
  return model;
}

/** What TensorFlow.js writes when it saves a model. */
export async function saved(model: LayersModel): Promise<TfjsFiles> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { modelTopology, weightSpecs, weightData } = artifacts!;
  return {
    model: {
      format: 'layers-model',
      modelTopology: JSON.parse(JSON.stringify(modelTopology)) as unknown,
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: weightSpecs }],
    },
    shards: { 'group1-shard1of1.bin': new Uint8Array(weightData as ArrayBuffer) },
  };
}

/** Writes the files of a model into a folder of its own and returns the path of its `model.json`. */
export function writeTfjs(folder: string, { model, shards }: TfjsFiles): string {
  mkdirSync(folder, { recursive: true });
  for (const [shard, bytes] of Object.entries(shards)) writeFileSync(path.join(folder, shard), bytes);
  const file = path.join(folder, 'model.json');
  writeFileSync(file, JSON.stringify(model));
  return file;
}

export function shardFiles(shards: TfjsFiles['shards']): ShardFiles {
  const find = (location: string, tensor: string) => {
    const bytes = shards[location];
    if (bytes === undefined) throw externalDataMissing(location, tensor);
    return bytes;
  };
  return {
    size: (location, tensor) => find(location, tensor).length,
    read: ({ location, offset, length, tensor }) => {
      const bytes = find(location, tensor);
      if (offset + length > bytes.length) throw externalDataShort(location, tensor);
      return bytes.slice(offset, offset + length);
    },
  };
}

export function decodeFiles({ model, shards }: TfjsFiles): Graph {
  const bytes = new TextEncoder().encode(JSON.stringify(model));
  return decodeTfjs(bytes, { file: 'model.json', shards: shardFiles(shards) }).graph;
}

/** The first output of a graph in ONNX Runtime for an image `[height, width, channels]`, feature maps in TensorFlow's order. */
export async function runImported(graph: Graph, image: tf.Tensor4D): Promise<tf.Tensor> {
  const nchw = tf.transpose(image, [0, 3, 1, 2]);
  const [input] = graph.inputs;
  const outputs = await runOnnx(encodeOnnx(graph), {
    [input!.name]: { dims: nchw.shape, data: nchw.dataSync<'float32'>() },
  });
  const { dims, data } = outputs[graph.outputs[0]!.name]!;
  const result = tf.tensor(Float32Array.from(data as ArrayLike<number>), [...dims]);
  return dims.length === 4 ? tf.transpose(result, [0, 2, 3, 1]) : result;
}

/** Seeded noise `[1, height, width, channels]`. */
export function noiseImage(height = 9, width = 7, channels = 3): tf.Tensor4D {
  const values = gaussians(seededRandom(height), height * width * channels);
  return tf.tensor4d(values, [1, height, width, channels]);
}

/** The largest difference of two arrays, relative to the largest value of the second. */
export function difference(found: tf.Tensor, expected: tf.Tensor): number {
  if (found.shape.join() !== expected.shape.join()) {
    throw new Error(`found [${found.shape.join(', ')}], expected [${expected.shape.join(', ')}]`);
  }
  const largest = Math.max(1e-6, tf.max(tf.abs(expected)).dataSync()[0]!);
  return tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]! / largest;
}
