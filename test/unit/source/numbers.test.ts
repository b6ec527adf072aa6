import { describe, expect, it } from 'vitest';
import { readSource, weightedLayers } from '../../support/readSource';

/** Expressions and the numbers that Python with PyTorch 1.13 and NumPy 1.24 gives for them. */
const cases: readonly (readonly [string, readonly number[]])[] = [
  ['(torch.arange(4) * 2.5 + 8).int().tolist()', [8, 10, 13, 15]],
  ['torch.arange(8, 2, -2).tolist()', [8, 6, 4]],
  ['torch.round(torch.tensor([0.5, 1.5, 2.5, 3.4])).long().tolist()', [0, 2, 2, 3]],
  ['[round(0.5), round(1.5), round(2.6)]', [0, 2, 3]],
  ['np.linspace(4, 16, 4).astype(int)', [4, 8, 12, 16]],
  ['torch.linspace(1, 2, steps=3).tolist()', [1, 1.5, 2]],
  ['torch.diff(torch.tensor([1, 4, 9])).tolist()', [3, 5]],
  ['np.cumsum([1, 2, 3]).tolist()', [1, 3, 6]],
  ['torch.pow(2, torch.arange(4))', [1, 2, 4, 8]],
  ['2 ** np.arange(3)', [1, 2, 4]],
  ['torch.divide(torch.tensor([7, 9]), 2) // 1', [3, 4]],
  ['np.maximum(np.array([1, 5]), np.array([4, 2]))', [4, 5]],
  ['[int(math.log(8, 2) + 0.5), len(set([8, 8, 16]))]', [3, 2]],
  ['sorted(set([3, 1, 3]), reverse=True)', [3, 1]],
  ['[8, 16, 32, 64][-2::-1]', [32, 16, 8]],
  ['[8, 16, 32, 64][::2] + [1, 2, 3, 4][-1:0:-2]', [8, 32, 4, 2]],
  ['[8, 16, 32][-5:2] + [1, 2][5:] + [3, 4][1:9]', [8, 16, 4]],
  ['[len("encoder"[::-2]), len("encoder"[2:-1])]', [4, 4]],
];

describe('numbers that code computes', () => {
  it.each(cases)('%s is computed without running it', async (expression, numbers) => {
    const code = `import math
import numpy as np
import torch
from torch import nn
net = nn.Sequential(*[nn.Linear(1, int(4 * number)) for number in ${expression}])
`;
    expect(weightedLayers(await readSource(code), 'net')).toEqual(
      numbers.map((number, i) => `${i} 1>${4 * number} /`),
    );
  });

  it('keep their count where they are not known themselves', async () => {
    const code = `import torch
from torch import nn
rates = [rate.item() for rate in torch.linspace(0, 0.1, sum((1, 2)))]
net = nn.Sequential(*[nn.Conv2d(4, 4, 1) for rate in rates])
`;
    expect(weightedLayers(await readSource(code), 'net')).toEqual([
      '0 4>4 1x1/1x1',
      '1 4>4 1x1/1x1',
      '2 4>4 1x1/1x1',
    ]);
  });

  it.each(['torch.arange(10 ** 9)', 'np.linspace(0, 1, 1e12)', 'np.array([1, 2]) + np.array([1, 2, 3])'])(
    'are left alone where they are too many or do not fit: %s',
    async (expression) => {
      const code = `import numpy as np\nimport torch\nfrom torch import nn\nx = ${expression}\nnet = nn.Sequential(nn.Linear(1, 2), *[nn.Linear(2, 3) for _ in x])\n`;
      expect(weightedLayers(await readSource(code), 'net')).toEqual(['0 1>2 /', '1 2>3 /']);
    },
  );
});
