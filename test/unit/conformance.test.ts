import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countsOf } from '../conformance/row';
import { built, exported, published } from '../conformance/subjects';
import { countCells, parseTable } from '../conformance/table';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'CONFORMANCE.md'), 'utf8');
const table = parseTable(text);
const goldens = path.join(root, 'test/golden/torchvision');

it.each([...built(), ...exported(goldens), ...published()])(
  'CONFORMANCE.md says what npm run conformance counts: $model',
  async ({ model, graph }) => {
    expect(table.get(model)).toEqual(countCells(await countsOf(graph())));
  },
);

it('every definition of torchvision that is exported has its lines', () => {
  const definitions = readFileSync(path.join(goldens, 'architectures.py'), 'utf8').split('ARCHITECTURES = {')[1]!; // prettier-ignore
  const names = [...definitions.matchAll(/^ {4}"(\w+)":/gm)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(20);
  for (const name of names) expect([...table.keys()]).toContain(name);
});

it.each(['vision_transformer', 'candy-style-transfer'])(
  '%s is refused, with the node and the reason',
  (model) => {
    expect(Number(table.get(model)?.at(-1))).toBeGreaterThan(0);
    expect(text).toMatch(new RegExp(`^\\* ${model}: \\w+ ".+": .+`, 'm'));
  },
);

/** The systems that the paper and its readings name, with the models that stand for them. */
const systems: Readonly<Record<string, readonly string[]>> = {
  Deconvnet: ['contrast_normalisation'],
  ZFNet: ['light_zfnet512'],
  AlexNet: ['AlexNet, two groups', 'alexnet', 'light_bvlc_alexnet'],
  LeNet: ['LeNet-5, sigmoid', 'LeNet-5, tanh', 'mnist-lenet'],
  VGG: ['vgg11', 'vgg16_bn', 'vgg16-blocks1-3', 'light_vgg19'],
  GoogLeNet: ['GoogLeNet', 'googlenet', 'Inception v4 blocks', 'inception_v3', 'light_inception_v2'],
  'Batch normalisation': ['batch norm as Unsqueeze, Mul, Add', 'resnet18, every node kept'],
  ResNet: [
    'ResNet-18',
    'ResNet-34',
    'ResNet v2',
    'ResNeXt',
    'resnet50',
    'resnext50_32x4d',
    'resnet8-cifar10',
  ],
  Xception: ['Xception', 'mini-xception-fer2013'],
  MobileNet: ['MobileNet v1', 'mobilenet_v2', 'mobilenet_v3_small', 'mobilenetv1-0.25-128', 'mobilenetv2'],
  NASNet: ['NASNet cells', 'mnasnet1_0'],
  EfficientNet: ['EfficientNet-B0', 'efficientnet_b0', 'efficientnet_v2_s'],
  SPPNet: ['SPPNet, pyramid of 4, 2, 1'],
  DenseNet: ['DenseNet', 'densenet121', 'light_densenet121'],
  SENet: ['SENet'],
  ShuffleNet: ['ShuffleNet v1', 'shufflenet_v2_x0_5', 'light_shufflenet', 'shufflenetv2-fastestdet'],
};

describe('the sixteen systems', () => {
  it('are all there', () => expect(Object.keys(systems)).toHaveLength(16));

  it.each(Object.entries(systems))('%s projects in every model that stands for it', (_system, models) => {
    for (const model of models) {
      const line = table.get(model);
      expect(line, model).toBeDefined();
      expect(line!.at(-1), model).toBe('0');
    }
  });
});
