import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { readFileSync, symlinkSync, truncateSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from '../../src/core/deconvnet/record';
import { layerMaxima } from '../../src/core/deconvnet/record';
import { readModel } from '../../src/engine/readModel';
import { projectWhole, recordGraph, relativeDifference } from '../support/recording';
import { executed } from '../support/tfGraphs';
import { classifier, difference, saved, writeTfjs, type TfjsFiles } from '../support/tfjsModels';
import { context, hasShared, newService, shared, temporaryFolder, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string) => path.join(folder, name);
const image = file('waves.png');
const service = newService();
const open = (model: string) => service.handlers.openModel({ model }, context());

beforeAll(async () => {
  await tf.setBackend('cpu');
  await writePicture(image);
});

const write = (name: string, files: TfjsFiles) => writeTfjs(file(name), files);

describe('a TensorFlow.js model', () => {
  it('opens with its layers, labels and probabilities', async () => {
    const source = classifier();
    const model = write('labelled', await saved(source));
    writeFileSync(
      file('labelled/model.switchback.json'),
      JSON.stringify({ labels: ['cat', 'dog', 'owl', 'parrot'], preprocess: { std: [255, 255, 255] } }),
    );
    const recorded = await service.handlers.record({ model, image }, context());
    expect(recorded.model.layers.map(({ label }) => label)).toEqual(['conv1', 'conv2', 'scores']);
    expect(recorded.model.warnings).toEqual([]);
    const input = await service.models.use(model, async () => service.recordings.of({ model, image }, context())); // prettier-ignore
    const pixels = tf.transpose(tf.tensor4d(input.input.data, [1, 3, 32, 32]), [0, 2, 3, 1]);
    const theirs = (source.predict(pixels) as tf.Tensor).dataSync();
    const labels = ['cat', 'dog', 'owl', 'parrot'];
    for (const { label, probability } of recorded.top) {
      expect(probability).toBeCloseTo(theirs[labels.indexOf(label)]!, 5);
    }
  });

  it('is guessed to take Keras’ range', async () => {
    const { preprocessing, preprocessingOrigin } = await open(write('guessed', await saved(classifier())));
    expect(preprocessingOrigin).toBe('guessed');
    expect(preprocessing).toMatchObject({ mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] });
  });

  it('is another one when only its weights are others', async () => {
    const [first, second] = [await saved(classifier(1)), await saved(classifier(2))];
    const hashes = [await open(write('first', first)), await open(write('second', second))];
    expect(hashes[0]!.hash).not.toBe(hashes[1]!.hash);
  });
});

describe('the files of a TensorFlow.js model', () => {
  const shard = 'group1-shard1of1.bin';

  it('are read anew when only a shard was replaced', async () => {
    const [before, after] = [await saved(classifier(1)), await saved(classifier(2))];
    const model = write('replaced', before);
    const first = await service.handlers.record({ model, image }, context());
    expect(first.model.furtherFiles).toEqual([file(`replaced/${shard}`)]);
    writeFileSync(file(`replaced/${shard}`), after.shards[shard]!);
    const second = await service.handlers.record({ model, image }, context());
    const fresh = await service.handlers.record(
      { model: write('fresh', { ...before, shards: after.shards }), image },
      context(),
    );
    expect(second.model.hash).toBe(fresh.model.hash);
    expect(second.layers).toEqual(fresh.layers);
    expect(second.layers).not.toEqual(first.layers);
  });

  it('that are gone are missed at once, and found when they are back', async () => {
    const files = await saved(classifier(1));
    const model = write('gone', files);
    const { hash } = await open(model);
    rmSync(file(`gone/${shard}`));
    await expect(open(model)).rejects.toMatchObject({ code: 'external-data-missing' });
    writeFileSync(file(`gone/${shard}`), files.shards[shard]!);
    expect((await open(model)).hash).toBe(hash);
  });

  it('are read once as long as nothing changes', async () => {
    const model = write('unchanged', await saved(classifier(1)));
    const opened = () => service.models.use(model, (used) => Promise.resolve(used));
    expect(await opened()).toBe(await opened());
  });

  const broken = async (name: string, harm: (shard: string) => void): Promise<string> => {
    const model = write(name, await saved(classifier()));
    harm(file(`${name}/${shard}`));
    return model;
  };

  it.each([
    ['a missing one', 'missing', rmSync, 'external-data-missing'],
    ['a short one', 'short', (target: string) => truncateSync(target, 100), 'external-data-short'],
    [
      'a link out of the folder',
      'linked',
      (target: string) => {
        rmSync(target);
        writeFileSync(file('outside.bin'), Buffer.alloc(1e5));
        symlinkSync(file('outside.bin'), target);
      },
      'external-data-escapes',
    ],
  ])('%s gives a sentence that names it', async (_what, name, harm, code) => {
    const model = await broken(name, harm);
    await expect(open(model)).rejects.toMatchObject({ code, message: expect.stringContaining(shard) as unknown }); // prettier-ignore
  });
});

/** Models that are there in both formats, and labels of layers whose units are projected. */
const twins = [
  { tfjs: 'tinyvgg_cnn_explainer', onnx: 'tinyvgg', layers: ['conv_1_2', 'conv_2_2', 'output'] },
  { tfjs: 'darknet_tiny_imagenet', onnx: 'darknet-tiny', layers: ['conv2d_2', 'conv2d_9', 'conv2d_15'] },
  {
    tfjs: 'mobilenet_v2_1.0_224_keras',
    onnx: 'mobilenetv2',
    layers: ['block_1_project', 'block_3_depthwise'],
  },
];

describe.skipIf(!hasShared).each(twins)('$tfjs and its twin in ONNX', ({ tfjs, onnx, layers: projected }) => {
  let pair: readonly [Recording, Recording];

  beforeAll(async () => {
    const [a, b] = [await readShared(`tfjs/${tfjs}/model.json`), await readShared(`${onnx}.onnx`)];
    pair = [await recordGraph(a), await recordGraph(b)];
  }, 60_000);

  it('have the same layers and feature maps', () => {
    const [a, b] = pair;
    expect(a.network.layers.map(({ label }) => label)).toEqual(b.network.layers.map(({ label }) => label));
    b.network.layers.forEach(({ tensor }, i) => {
      const found = a.features.get(a.network.layers[i]!.tensor)!;
      expect(relativeDifference(found, b.features.get(tensor)!)).toBeLessThan(1e-4);
    });
  });

  it('record the same switches', () => {
    const [a, b] = pair.map(({ switches }) => [...switches.values()]);
    expect(a).toHaveLength(b!.length);
    a!.forEach((switches, i) => expect(Buffer.from(switches.buffer).equals(Buffer.from(b![i]!.buffer))).toBe(true)); // prettier-ignore
  });

  it.each(projected)('project the same from %s', async (label) => {
    const [found, expected] = await Promise.all(pair.map((recording) => strongest(recording, label)));
    expect(found!.length).toBe(expected!.length);
    found!.forEach(({ map, position, whole }, i) => {
      expect([map, position]).toEqual([expected![i]!.map, expected![i]!.position]);
      expect(relativeDifference(whole, expected![i]!.whole)).toBeLessThan(1e-4);
    });
  });
});

/** The projections of the three strongest units of a layer. */
async function strongest(recording: Recording, label: string) {
  const layer = recording.network.layers.find((each) => each.label === label)!;
  const { maxima } = layerMaxima(recording, layer);
  const maps = [...maxima.keys()].sort((a, b) => maxima[b]! - maxima[a]!).slice(0, 3);
  return projectWhole(recording, layer.tensor, maps.map((map) => ({ map }))); // prettier-ignore
}

async function readShared(name: string) {
  return (await readModel(shared(`models/${name}`))).graph;
}

describe.skipIf(!hasShared)('models as they are published', () => {
  it.each(['tinyvgg_cnn_explainer', 'doodlenet'])(
    '%s has in every layer what TensorFlow.js itself computes',
    async (name) => {
      const files = sharedFiles(name);
      const theirs = await layers.loadLayersModel(tf.io.fromMemory(artifacts(files)));
      const recording = await recordGraph(await readShared(`tfjs/${name}/model.json`));
      const input = nhwc(recording.input.data, recording.input.dims);
      const { layers: ours, classifier } = recording.network;
      for (const { label, tensor, shape } of ours) {
        const output = theirs.getLayer(label).output as layers.SymbolicTensor;
        const made = layers.model({ inputs: theirs.inputs, outputs: output }).predict(input) as tf.Tensor;
        // Their layers have the softmax in them; an activation may also be a layer of its own, behind.
        const isScores = classifier !== null && tensor === classifier.logits;
        const found = recording.features.get((isScores && classifier.probabilities) || tensor)!;
        const expected = tensor.startsWith(label) ? made : tf.relu(made);
        expect(difference(nhwc(found, [1, ...shape]), expected), label).toBeLessThan(1e-4);
      }
    },
    60_000,
  );

  it('graph_antispoof, quantised to half precision, gives what TensorFlow.js itself computes', async () => {
    const files = sharedFiles('graph_antispoof');
    const recording = await recordGraph(await readShared('tfjs/graph_antispoof/model.json'));
    const expected = await executed(files, nhwc(recording.input.data, recording.input.dims) as tf.Tensor4D);
    const found = recording.features.get(recording.network.classifier?.probabilities ?? recording.network.layers.at(-1)!.tensor)!; // prettier-ignore
    expect(relativeDifference(found, expected.dataSync())).toBeLessThan(1e-4);
  }, 60_000);
});

function nhwc(data: Float32Array, dims: readonly number[]): tf.Tensor {
  const tensor = tf.tensor(data, [...dims]);
  return dims.length === 4 ? tf.transpose(tensor, [0, 2, 3, 1]) : tensor;
}

function sharedFiles(name: string): TfjsFiles {
  const at = (part: string) => shared(`models/tfjs/${name}/${part}`);
  const model = JSON.parse(readFileSync(at('model.json'), 'utf8')) as TfjsFiles['model'];
  const [{ paths }] = model.weightsManifest as [{ paths: string[] }];
  return { model, shards: Object.fromEntries(paths.map((part) => [part, readFileSync(at(part))])) };
}

function artifacts({ model, shards }: TfjsFiles): tf.io.ModelArtifacts {
  const [{ weights }] = model.weightsManifest as [{ weights: tf.io.WeightsManifestEntry[] }];
  const data = Buffer.concat(Object.values(shards));
  return {
    modelTopology: model.modelTopology as object,
    weightSpecs: weights,
    weightData: new Uint8Array(data).buffer,
  };
}
