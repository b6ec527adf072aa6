import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { matchSource } from '../../../src/core/source/matchSource';
import { exportedLayers } from '../../support/exportedLayers';
import { readSource, weightedLayers } from '../../support/readSource';

const file = path.resolve(import.meta.dirname, '../../fixtures/sources/functional.py');

describe('functions over parameters', () => {
  it('are layers under the names of their weights, in the order in which they run', async () => {
    expect(weightedLayers(await readSource(readFileSync(file, 'utf8')), 'Net')).toEqual([
      'weight 3>64 7x7/2x2',
      'blocks.0 64>32 3x3/1x1',
      'mix 32>64 1x1/1x1',
      'blocks.1 64>32 3x3/1x1',
      'deeper.0 32>16 3x3/1x1',
      'deeper.1 16>8 1x1/1x1',
      'dense 8>10 /',
    ]);
  });

  it('are the layers of what PyTorch exports from them', async () => {
    const layers = exportedLayers('functional');
    const match = matchSource(await readSource(readFileSync(file, 'utf8')), layers);
    expect(match.layers.map(({ layer }) => layer)).toEqual(layers.map(({ label }) => label));
    expect(match.layers).toHaveLength(7);
    expect(match.layers.flatMap(({ mismatches }) => mismatches)).toEqual([]);
    // PyTorch lays the weights of `F.linear` out anew, and they lose their name.
    expect(match.explanation).toBe('Matched 6 by name and 1 by order: 1 of 1 shape agrees.');
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
    ['a size asked for', 'F.linear(y, torch.ones(2, self.kernel.size(-1)))', ' 5>2 /'],
  ])('read %s', async (_name, line, layer) => {
    expect(weightedLayers(await readSource(inForward(line)), 'Net')).toEqual(['conv 3>8 3x3/1x1', layer]);
  });

  it('are no layers over what are no weights', async () => {
    expect(weightedLayers(await readSource(inForward('F.conv2d(y, self.template(x))')), 'Net')).toEqual([
      'conv 3>8 3x3/1x1',
    ]);
  });
});
