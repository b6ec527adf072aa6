import { describe, expect, it } from 'vitest';
import type { LayerTraits } from '../../../src/core/graph/layerTraits';
import type { GraphLayer } from '../../../src/core/source/match';
import { matchSource } from '../../../src/core/source/matchSource';
import { readSource } from '../../support/readSource';

function convolution(
  label: string,
  [inChannels, outChannels]: [number, number],
  [size, stride]: [number, number],
  names: readonly string[] = [label],
): GraphLayer {
  const traits: LayerTraits = {
    names,
    kind: 'convolution',
    inChannels,
    outChannels,
    kernel: [size, size],
    stride: [stride, stride],
    dilation: [1, 1],
    padding: [0, 0],
    groups: 1,
  };
  return { label, traits };
}

const code = `from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5)
        self.conv3 = nn.Conv2d(256, 384, 3)
`;

const layers = [
  convolution('conv1', [3, 96], [11, 4]),
  convolution('conv2', [96, 256], [5, 1]),
  convolution('conv3', [256, 384], [3, 1]),
];

const renamed = (layer: GraphLayer, ...names: string[]): GraphLayer => ({
  ...layer,
  traits: { ...layer.traits, names },
});

describe('matching source to graph', () => {
  it.each([
    ['the weight of PyTorch', 'conv1.weight', 'conv2.weight', 'conv3.weight'],
    ['the node of PyTorch', '/conv1/Conv', '/conv2/Conv', '/conv3/Conv'],
    ['a wrapper around the model', 'module.conv1.weight', 'module.conv2.weight', 'module.conv3.weight'],
    ['a node of TensorFlow', 'model/conv1/Conv2D', 'model/conv2/Conv2D', 'model/conv3/Conv2D'],
    ['a weight of TensorFlow.js', 'conv1/kernel', 'conv2/kernel', 'conv3/kernel'],
    ['a weight of Caffe', 'conv1_w_0', 'conv2_w_0', 'conv3_w_0'],
  ])('%s', async (_name, ...names) => {
    const match = matchSource(
      await readSource(code),
      layers.map((layer, i) => renamed(layer, names[i]!)),
    );
    expect(match.layers.map(({ use, how }) => `${use.path} ${how}`)).toEqual([
      'conv1 name',
      'conv2 name',
      'conv3 name',
    ]);
    expect(match.explanation).toBe('Matched by name.');
  });

  it('goes by order where names only number', async () => {
    const numbered = layers.map((layer, i) => renamed(layer, `Conv_${i}`, `onnx::Conv_${i}`));
    const match = matchSource(await readSource(code), numbered);
    expect(match.layers.map(({ use, how }) => `${use.path} ${how}`)).toEqual([
      'conv1 order',
      'conv2 order',
      'conv3 order',
    ]);
    expect(match.explanation).toBe('Matched by order: 3 of 3 shapes agree.');
  });

  it('says where the loaded model has other numbers', async () => {
    const other = [convolution('conv1', [3, 96], [7, 2]), ...layers.slice(1)];
    const match = matchSource(await readSource(code), other);
    expect(match.layers[0]?.mismatches).toEqual([
      { argument: 'kernel', source: [11, 11], model: [7, 7] },
      { argument: 'stride', source: [4, 4], model: [2, 2] },
    ]);
    expect(match.layers.slice(1).flatMap(({ mismatches }) => mismatches)).toEqual([]);
  });

  it('says where only the padding differs, which follows from other numbers where these differ, too', async () => {
    const padded = code
      .replace('nn.Conv2d(96, 256, 5)', 'nn.Conv2d(96, 256, 5, padding=2)')
      .replace('nn.Conv2d(256, 384, 3)', 'nn.Conv2d(256, 384, 5, padding=2)');
    const match = matchSource(await readSource(padded), layers);
    expect(match.layers.map(({ mismatches }) => mismatches)).toEqual([
      [],
      [{ argument: 'padding', source: [2, 2], model: [0, 0] }],
      [{ argument: 'kernel', source: [5, 5], model: [3, 3] }],
    ]);
  });

  it('goes by order around a layer that the code lacks', async () => {
    const more = [layers[0]!, convolution('extra', [96, 96], [1, 1]), ...layers.slice(1)].map((layer) =>
      renamed(layer),
    );
    const match = matchSource(await readSource(code), more);
    expect(match.unmatchedLayers).toEqual(['extra']);
    expect(match.layers.map(({ layer, use }) => `${layer} ${use.path}`)).toEqual([
      'conv1 conv1',
      'conv2 conv2',
      'conv3 conv3',
    ]);
    expect(match.explanation).toBe(
      'Matched by order: 3 of 3 shapes agree. 1 of 4 layers is defined elsewhere.',
    );
  });

  it('finds a branch that the file holds in another order', async () => {
    const branches = code.replace('conv2 = nn.Conv2d(96, 256, 5)', 'conv2 = nn.Conv2d(96, 256, 1, stride=2)');
    const [first, , third] = layers;
    const exported = [first!, third!, convolution('shortcut', [96, 256], [1, 2])].map((layer) =>
      renamed(layer),
    );
    const match = matchSource(await readSource(branches), exported);
    expect(match.layers.map(({ layer, use }) => `${layer} ${use.path}`)).toEqual([
      'conv1 conv1',
      'conv3 conv3',
      'shortcut conv2',
    ]);
    expect(match.explanation).toBe('Matched by order: 3 of 3 shapes agree.');
  });

  it('tells which model of several it is', async () => {
    const several = `${code}
class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3)
`;
    const small = matchSource(await readSource(several), [convolution('conv1', [3, 8], [3, 1])]);
    expect(small.model?.name).toBe('Small');
    expect(matchSource(await readSource(several), layers).model?.name).toBe('Net');
  });

  it('says that nothing fits', async () => {
    const match = matchSource(await readSource('x = 1\n'), layers);
    expect(match).toMatchObject({ model: null, layers: [], unmatchedLayers: ['conv1', 'conv2', 'conv3'] });
    expect(match.explanation).toBe('No line of this file defines a layer of the model.');
  });
});
