import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { gaussians, seededRandom } from './random';
import type { TfjsFiles } from './tfjsModels';

export type TfAttribute = Readonly<Record<string, unknown>>;

/** A node of a TensorFlow graph as its JSON spells it. */
export interface TfNodeSpec {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, TfAttribute>>;
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const string = (value: string): TfAttribute => ({ s: base64(value) });
export const strings = (...values: readonly string[]): TfAttribute => ({ list: { s: values.map(base64) } });
export const integers = (...values: readonly number[]): TfAttribute => ({
  list: { i: values.map(String) },
});

export interface TfGraphOptions {
  readonly inputShape?: readonly number[];
  readonly nodes: readonly TfNodeSpec[];
  readonly weights: Readonly<Record<string, TfWeight>>;
  /** The node whose first output is the model's. */
  readonly output: string;
}

/** Numbers of the manifest: whole ones are int32. */
export interface TfWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export const whole = (...values: readonly number[]): TfWeight => ({
  shape: [values.length],
  data: Int32Array.from(values),
});

export const noise = (...shape: readonly number[]): TfWeight => ({
  shape,
  data: gaussians(
    seededRandom(shape.join().length + shape[0]!),
    shape.reduce((a, b) => a * b, 1),
  ),
});

export const INPUT = 'image';

/** A graph model as TensorFlow's converter writes it. The input is called `INPUT`. */
export function tfGraph(options: TfGraphOptions): TfjsFiles {
  const { inputShape = [-1, 9, 7, 3], nodes, weights, output } = options;
  const placeholder: TfNodeSpec = {
    name: INPUT,
    op: 'Placeholder',
    attr: {
      dtype: { type: 'DT_FLOAT' },
      shape: { shape: { dim: inputShape.map((size) => ({ size: String(size) })) } },
    },
  };
  const constants = Object.entries(weights).map(([name, { data }]): TfNodeSpec => ({
    name,
    op: 'Const',
    attr: { dtype: { type: data instanceof Int32Array ? 'DT_INT32' : 'DT_FLOAT' } },
  }));
  const manifest = Object.entries(weights).map(([name, { shape, data }]) => ({
    name,
    shape,
    dtype: data instanceof Int32Array ? 'int32' : 'float32',
  }));
  const dim = inputShape.map((size) => ({ size: String(size) }));
  return {
    model: {
      format: 'graph-model',
      signature: {
        inputs: { [INPUT]: { name: `${INPUT}:0`, dtype: 'DT_FLOAT', tensorShape: { dim } } },
        outputs: { out: { name: `${output}:0` } },
      },
      modelTopology: { node: [...constants, placeholder, ...nodes], versions: { producer: 1 } },
      weightsManifest: [{ paths: ['group1-shard1of1.bin'], weights: manifest }],
    },
    shards: {
      'group1-shard1of1.bin': Buffer.concat(
        Object.values(weights).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
      ),
    },
  };
}

/** What TensorFlow.js itself computes from the files of a graph model. */
export async function executed({ model, shards }: TfjsFiles, image: tf.Tensor4D): Promise<tf.Tensor> {
  const [{ weights }] = model.weightsManifest as [{ weights: tf.io.WeightsManifestEntry[] }];
  const weightData = Buffer.concat(Object.values(shards));
  const graph = await loadGraphModel(
    tf.io.fromMemory({
      ...(model as unknown as tf.io.ModelArtifacts),
      weightSpecs: weights,
      weightData: weightData.buffer.slice(
        weightData.byteOffset,
        weightData.byteOffset + weightData.byteLength,
      ),
    }),
  );
  return graph.predict(image) as tf.Tensor;
}
