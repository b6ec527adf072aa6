import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GraphLayer } from '../../../src/core/source/match';
import { linesWithoutLayer, matchSource } from '../../../src/core/source/matchSource';
import { exportedLayers } from '../../support/exportedLayers';
import { readSource, weightedLayers } from '../../support/readSource';

/** Debian's python3-torchvision. */
const sources = '/usr/lib/python3/dist-packages/torchvision/models';

const cases = [
  ['alexnet.py', 'alexnet', 8],
  ['vgg.py', 'vgg16', 16],
  ['resnet.py', 'resnet18', 21],
  ['resnet.py', 'resnet50', 54],
  ['squeezenet.py', 'squeezenet1_1', 26],
  ['densenet.py', 'densenet121', 121],
  ['googlenet.py', 'googlenet', 58],
  ['mobilenetv2.py', 'mobilenet_v2', 53],
  ['shufflenetv2.py', 'shufflenet_v2_x1_0', 57],
  ['efficientnet.py', 'efficientnet_b0', 82],
  ['regnet.py', 'regnet_y_400mf', 86],
] as const;

if (!existsSync(sources)) console.warn(`skipped: torchvision's files in ${sources}, which is absent`);

describe.skipIf(!existsSync(sources))("torchvision's files and what PyTorch exports from them", () => {
  it.each(cases)('%s, %s: every layer by its name, and all numbers agree', async (file, model, count) => {
    const layers = exportedLayers(model);
    const match = matchSource(await read(file), layers);
    expect(match.model?.name).toBe(model);
    expect(match.layers.map(({ layer }) => layer)).toEqual(layers.map(({ label }) => label));
    expect(match.layers).toHaveLength(count);
    expect(match.layers.every(({ use, layer, how }) => how === 'name' && use.path === layer)).toBe(true);
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    expect(match.explanation).toBe('Matched by name.');
  });

  it.each(cases)('%s, %s: the same lines by order alone', async (file, model, count) => {
    const layers = exportedLayers(model);
    const match = matchSource(await read(file), layers.map(withoutNames));
    expect(match.layers.map(({ use }) => use.path)).toEqual(layers.map(({ label }) => label));
    expect(match.explanation).toBe(`Matched by order: ${count} of ${count} shapes agree.`);
  });
});

describe.skipIf(!existsSync(sources))('the attention of vision_transformer.py', () => {
  it('is its layers, those behind it by their names, those before it by order', async () => {
    const layers = exportedLayers('vit_b_16');
    const match = matchSource(await read('vision_transformer.py'), layers);
    expect(match.model?.name).toBe('vit_b_16');
    expect(match.layers.map(({ layer }) => layer)).toEqual(layers.map(({ label }) => label));
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    expect(match.explanation).toBe('Matched 38 by name and 12 by order: 12 of 12 shapes agree.');
    const attention = match.layers.filter(({ definition }) => definition.callee === 'nn.MultiheadAttention');
    expect(attention.slice(0, 2).map(({ use, layer }) => [use.path, layer])).toEqual([
      [
        'encoder.layers.encoder_layer_0.self_attention.in_proj',
        'encoder.layers.encoder_layer_0.self_attention',
      ],
      [
        'encoder.layers.encoder_layer_0.self_attention.out_proj',
        'encoder.layers.encoder_layer_0.self_attention (2)',
      ],
    ]);
    expect(match.unmatchedDefinitions).toEqual([]);
  });
});

/** A class builds the auxiliary heads that the function of its file takes away, and no export of either holds them. */
describe.skipIf(!existsSync(sources))('the auxiliary heads of the class GoogLeNet', () => {
  it.each([
    ['by name', 'Matched by name.'],
    ['by order', 'Matched by order: 58 of 58 shapes agree.'],
  ] as const)('take no layer from other lines, %s, and are told apart', async (how, explanation) => {
    const layers = exportedLayers('googlenet');
    const graph = how === 'by name' ? layers : layers.map(withoutNames);
    const [text] = readFileSync(path.join(sources, 'googlenet.py'), 'utf8').split('class GoogLeNet_Weights');
    const reading = await readSource(text!);
    const match = matchSource(reading, graph);
    expect(match.model?.name).toBe('GoogLeNet');
    expect(match.explanation).toBe(explanation);
    expect(match.layers.map(({ use }) => use.path)).toEqual(layers.map(({ label }) => label));
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    const absent = linesWithoutLayer(reading, match).map(({ range }) => text!.split('\n')[range.start.line]);
    expect(absent.map((line) => line!.trim())).toEqual([
      'self.fc1 = nn.Linear(2048, 1024)',
      'self.fc2 = nn.Linear(1024, num_classes)',
    ]);
  });
});

describe.skipIf(!existsSync(sources))("torchvision's files without an export", () => {
  it.each([
    ['mobilenetv3.py', 'mobilenet_v3_large', 64, 'classifier.3 1280>1000 /'],
    ['mnasnet.py', 'mnasnet1_0', 53, 'classifier.1 1280>1000 /'],
    ['inception.py', 'inception_v3', 98, 'fc 2048>1000 /'],
    ['resnet.py', 'resnext50_32x4d', 54, 'fc 2048>1000 /'],
    ['regnet.py', 'regnet_x_32gf', 75, 'fc 2520>1000 /'],
    ['swin_transformer.py', 'swin_t', 53, 'head 768>1000 /'],
    ['maxvit.py', 'maxvit_t', 151, 'classifier.5 512>1000 /'],
    ['convnext.py', 'convnext_tiny', 59, 'classifier.2 768>1000 /'],
    ['efficientnet.py', 'efficientnet_v2_s', 171, 'classifier.1 1280>1000 /'],
  ] as const)('%s, %s: all layers with weights, to the last', async (file, model, count, last) => {
    const layers = weightedLayers(await read(file), model);
    expect(new Set(layers)).toHaveProperty('size', count);
    expect(layers).toContain(last);
    expect(layers.filter((layer) => layer.includes('?'))).toEqual([]);
  });
});

function withoutNames({ label, traits }: GraphLayer): GraphLayer {
  return { label, traits: { ...traits, names: [] } };
}

const readings = new Map<string, ReturnType<typeof readSource>>();

function read(file: string) {
  const reading = readings.get(file) ?? readSource(readFileSync(path.join(sources, file), 'utf8'));
  readings.set(file, reading);
  return reading;
}
