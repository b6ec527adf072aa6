import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { traitsOf } from '../../src/core/graph/layerTraits';
import type { GraphLayer } from '../../src/core/source/match';
import { matchSource } from '../../src/core/source/matchSource';
import { measureShapes } from '../../src/engine/measureShapes';
import { readModel } from '../../src/engine/readModel';
import { onnxRuntime } from '../../src/engine/runtimes/onnxRuntime';
import type { Grammar } from '../../src/host/source/grammars';
import { readSource } from '../support/readSource';
import { sharedFolder } from '../support/sharedMaterial';

const root = path.resolve(import.meta.dirname, '../..');
const fixtures = path.join(root, 'test/fixtures/sources');
const models = path.join(sharedFolder, 'models');
const runtime = onnxRuntime({ threads: 1 });

/** The layers of the model that a file defines, all of them found by the reason that is named. */
async function expectWholeMatch(
  source: string,
  model: string,
  layers: number,
  reason: string,
): Promise<void> {
  const match = matchSource(
    await readSource(readFileSync(source, 'utf8'), grammarOf(source)),
    await layersOf(model),
  );
  expect(match.layers.map(({ layer }) => layer)).toEqual((await layersOf(model)).map(({ label }) => label));
  expect(match.layers).toHaveLength(layers);
  expect(
    match.layers.flatMap(({ layer, mismatches }) => mismatches.map((each) => ({ layer, ...each }))),
  ).toEqual([]);
  expect(match.unmatchedDefinitions).toEqual([]);
  expect(match.explanation).toBe(reason);
}

describe('the samples and the bundled model', () => {
  it.each(['zfnet.py', 'zfnet_keras.py', 'zfnet.tfjs.ts'])('%s defines every layer by its name', (sample) =>
    expectWholeMatch(
      path.join(root, 'media/samples', sample),
      path.join(root, 'media/zfnet/zfnet.onnx'),
      8,
      'Matched by name.',
    ),
  );
});

if (!existsSync(models)) console.warn(`skipped: definitions of the models in ${models}, which is absent`);

describe.skipIf(!existsSync(models))('definitions written by hand and trained models', () => {
  const named = 'Matched by name.';
  const ordered = (count: number) => `Matched by order: ${count} of ${count} shapes agree.`;
  const partly = (byName: number, byOrder: number) =>
    `Matched ${byName} by name and ${byOrder} by order: ${byOrder} of ${byOrder} ${byOrder === 1 ? 'shape agrees' : 'shapes agree'}.`;

  it.each([
    ['googlenet.py', 'googlenet.onnx', 58, named],
    ['squeezenet1.1.py', 'squeezenet1.1.onnx', 26, ordered(26)],
    ['squeezenet1.1.py', 'squeezenet1.1-fp16.onnx', 26, ordered(26)],
    ['mobilenetv2.py', 'mobilenetv2.onnx', 53, partly(52, 1)],
    ['mobilenetv2.py', 'tfjs/mobilenet_v2_1.0_224_keras/model.json', 53, partly(52, 1)],
    ['mobilenetv1-0.25-128.py', 'mobilenetv1-0.25-128.onnx', 28, ordered(28)],
    ['darknet-tiny.py', 'darknet-tiny.onnx', 16, ordered(16)],
    ['darknet-tiny.py', 'tfjs/darknet_tiny_imagenet/model.json', 16, ordered(16)],
    ['mini-xception-fer2013.py', 'mini-xception-fer2013.onnx', 23, ordered(23)],
    ['mnist-lenet.py', 'mnist-lenet.onnx', 3, ordered(3)],
    ['pytorch-cifar10.py', 'pytorch-cifar10.onnx', 5, partly(1, 4)],
    ['resnet8-cifar10.py', 'resnet8-cifar10.onnx', 10, ordered(10)],
    ['vgg16-blocks1-3.py', 'vgg16-blocks1-3.onnx', 7, named],
    ['tinyvgg.js', 'tinyvgg.onnx', 5, named],
    ['tinyvgg.js', 'tfjs/tinyvgg_cnn_explainer/model.json', 5, named],
    ['mobilenetv3-se-ppocr-cls.py', 'mobilenetv3-se-ppocr-cls.onnx', 54, ordered(54)],
    ['shufflenetv2-fastestdet.py', 'shufflenetv2-fastestdet.onnx', 70, ordered(70)],
    ['candy-style-transfer.py', 'candy-style-transfer.onnx', 16, ordered(16)],
    ['antispoof.py', 'tfjs/graph_antispoof/model.json', 5, ordered(5)],
    ['doodlenet.js', 'tfjs/doodlenet/model.json', 8, ordered(8)],
  ] as const)('%s defines every layer of %s', (source, model, layers, reason) =>
    expectWholeMatch(path.join(fixtures, source), path.join(models, model), layers, reason),
  );
});

const grammars: Readonly<Record<string, Grammar>> = {
  '.py': 'python',
  '.ts': 'typescript',
  '.js': 'javascript',
};

function grammarOf(source: string): Grammar {
  return grammars[path.extname(source)]!;
}

async function layersOf(model: string): Promise<GraphLayer[]> {
  const { graph } = await readModel(model);
  const { layers, resolved } = await measureShapes(graph, { inputSize: undefined }, runtime);
  return layers.map((layer) => ({ label: layer.label, traits: traitsOf(layer, resolved) }));
}
