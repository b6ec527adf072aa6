import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesWithoutLayer, matchSource } from '../../../src/core/source/matchSource';
import { exportedLayers } from '../../support/exportedLayers';
import { readSource, weightedLayers } from '../../support/readSource';

const sources = path.resolve(import.meta.dirname, '../../fixtures/sources');

const functional = () => readFileSync(path.join(sources, 'functional.py'), 'utf8');

describe('functions over parameters', () => {
  it('are layers under the names of their weights, in the order in which they run', async () => {
    expect(weightedLayers(await readSource(functional()), 'Net')).toEqual([
      'weight 3>64 7x7/2x2',
      'blocks.0 64>32 3x3/1x1',
      'mix 32>64 1x1/1x1',
      'blocks.1 64>32 3x3/1x1',
      'deeper.0 32>16 3x3/1x1',
      'deeper.1 16>8 1x1/1x1',
      'widen 8>16 3x1/1x1',
      'widen 16>8 3x1/1x1',
      'shared 8>8 3x3/1x1',
      'shared 8>8 3x3/2x2',
      'shared 8>8 3x3/2x2',
      'dense 8>10 /',
    ]);
  });

  it('are the layers of what PyTorch exports from them', async () => {
    const layers = exportedLayers('functional');
    const match = matchSource(await readSource(functional()), layers);
    expect(match.layers.map(({ layer }) => layer)).toEqual(layers.map(({ label }) => label));
    expect(match.layers).toHaveLength(12);
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    // PyTorch lays the weights of `F.linear` out anew, and they lose their name.
    expect(match.explanation).toBe('Matched 11 by name and 1 by order: 1 of 1 shape agrees.');
  });

  it('over the weights of modules in another shape are the layers that PyTorch exports, by name', async () => {
    const text = readFileSync(path.join(sources, 'reshaped.py'), 'utf8');
    const reading = await readSource(text);
    expect(weightedLayers(reading, 'Net')).toEqual([
      'conv 3>8 3x3/2x2',
      'flat 8>4 3x3/1x1',
      'row 4>6 1x5/1x1',
      'mix 6>12 1x1/1x1',
      'turned 12>5 1x3/1x1',
      'kernel 5>7 2x2/1x1',
      'head 7>10 /',
    ]);
    const match = matchSource(reading, exportedLayers('reshaped'));
    expect(match.explanation).toBe('Matched by name.');
    expect(match.layers.map(({ use }) => use.path)).toEqual([
      'conv',
      'flat',
      'row',
      'mix',
      'turned',
      'kernel',
      'head',
    ]);
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    const lines = text.split('\n');
    // The line of the module where the layer is of its kind, else the call.
    expect(
      match.layers.map(({ definition: { range } }) => lines[range.start.line]!.trim().split(' ')[0]),
    ).toEqual(['self.conv', 'x', 'self.row', 'x', 'self.turned', 'x', 'self.head']);
    // In another shape the numbers are others: none of the module's is to be edited.
    expect(match.layers[0]!.definition.literals).toEqual({});
    expect(linesWithoutLayer(reading, match)).toEqual([]);
  });

  const inForward = (line: string) => `import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.kernel = nn.Parameter(torch.empty(width, 3, 5, 5))
    def forward(self, x):
        y = self.conv(x)
        return ${line}
`;

  it.each([
    ['weights of a size that is not known', 'F.conv2d(y, self.kernel)', 'kernel 3>? 5x5/1x1'],
    ['no shape at all', 'F.conv2d(y, nn.Parameter(load()), stride=2)', ' ?>? /2x2'],
    [
      'weights made like others',
      'F.conv2d(y, torch.zeros_like(self.kernel).float(), groups=4)',
      ' 12>? 5x5/1x1',
    ],
    [
      'the shape of others',
      'F.conv2d(y, torch.rand(self.kernel.shape[1], 8, *self.kernel.shape[2:]))',
      ' 8>3 5x5/1x1',
    ],
    [
      'weights that are transposed',
      'F.conv_transpose2d(y, torch.ones(8, 2, 4, 4), None, 2, groups=2)',
      ' 8>4 4x4/2x2',
    ],
    ['weights in a shape that is not known', 'F.conv2d(y, self.kernel.view(sizes()))', 'kernel ?>? /1x1'],
    [
      'weights that are like others',
      'F.conv2d(y, self.kernel.view_as(torch.ones(4, 8, 1, 1)))',
      'kernel 8>4 1x1/1x1',
    ],
    ['weights without axes of one', 'F.linear(y, torch.ones(4, 8, 1, 1).squeeze())', ' 8>4 /'],
    ['weights in one axis less', 'F.conv1d(y, torch.ones(4, 8, 3, 5).flatten(2))', ' 8>4 1x15/1x1'],
    ['weights whose axes turn round', 'F.linear(y, torch.ones(8, 4).T)', ' 8>4 /'],
    ['a size asked for', 'F.linear(y, torch.ones(2, self.kernel.size(-1)))', ' 5>2 /'],
  ])('read %s', async (_name, line, layer) => {
    expect(weightedLayers(await readSource(inForward(line)), 'Net')).toEqual(['conv 3>8 3x3/1x1', layer]);
  });

  it('are no layers over what are no weights', async () => {
    expect(weightedLayers(await readSource(inForward('F.conv2d(y, self.template(x))')), 'Net')).toEqual([
      'conv 3>8 3x3/1x1',
    ]);
  });

  it('over the weights of a module are that module, of which the call says how it slides', async () => {
    const { definitions } = await readSource(`import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(6, 8, 3, stride=1, bias=False)
        self.out = nn.Linear(self.conv.out_channels, 10)
    def forward(self, x):
        x = F.conv2d(x, self.conv.weight * 2, stride=2, padding=self.conv.kernel_size)
        return self.out(x)
`);
    expect(definitions.map(({ callee, range, notes }) => [callee, range.start.line, notes])).toEqual([
      ['nn.Conv2d', 5, []],
      ['nn.Linear', 6, []],
    ]);
    const [conv, out] = definitions;
    expect(conv?.uses.map(({ path: name, arguments: given, order }) => [name, given, order])).toEqual([
      [
        'conv',
        {
          inChannels: 6,
          outChannels: 8,
          kernel: [3, 3],
          stride: [2, 2],
          padding: [3, 3],
          dilation: [1, 1],
          groups: 1,
        },
        0,
      ],
    ]);
    // The stride of the module does not count, so nothing is to be edited there.
    expect(Object.keys(conv?.literals ?? {})).toEqual(['inChannels', 'outChannels', 'kernel']);
    expect(out?.uses[0]?.arguments.inChannels).toBe(8);
  });
});
