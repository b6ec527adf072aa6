import { describe, expect, it } from 'vitest';
import type { LayerDefinition } from '../../../src/core/source/definition';
import { readSource, weightedLayers } from '../../support/readSource';

/** Name, code, the model, its layers with weights as `path in>out kernel/stride`. */
const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'modules of Flax that are set up',
    `from flax import linen as nn
class Block(nn.Module):
    features: int
    def setup(self):
        self.conv = nn.Conv(self.features, (3, 3))
    def __call__(self, x):
        return nn.relu(self.conv(x))
class Net(nn.Module):
    def setup(self):
        self.dense = nn.Dense(10)
        self.stem = nn.Conv(features=8, kernel_size=(7, 7), strides=(2, 2))
        self.blocks = [Block(features=16 * (i + 1)) for i in range(2)]
    def __call__(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.dense(x.mean((1, 2)))
`,
    'Net',
    ['stem ?>8 7x7/2x2', 'blocks_0.conv ?>16 3x3/1x1', 'blocks_1.conv ?>32 3x3/1x1', 'dense ?>10 /'],
  ],
  [
    'imports of everything',
    `from torch.nn import *
from torch.nn.functional import *
import torch
class Net(Module):
    def __init__(self):
        super().__init__()
        self.conv = Conv2d(3, 8, 3)
        self.kernel = Parameter(torch.randn(4, 8, 1, 1))
    def forward(self, x):
        return conv2d(max_pool2d(relu(self.conv(x)), 2), self.kernel)
`,
    'Net',
    ['conv 3>8 3x3/1x1', 'kernel 8>4 1x1/1x1'],
  ],
  [
    'a class that inherits the layers of another, and replaces one',
    `from torch import nn
class Base(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
        self.fc = nn.Linear(width, 10)
    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))
class Wide(Base):
    def __init__(self):
        super().__init__(width=32)
        self.fc = nn.Linear(32, 2)
        self.extra = nn.Conv2d(32, 4, 1)
`,
    'Wide',
    ['conv 3>32 3x3/1x1', 'fc 32>2 /', 'extra 32>4 1x1/1x1'],
  ],
  [
    'a class that only inherits',
    `from torch import nn
class Base(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
class Heir(Base):
    def forward(self, x):
        return self.conv(x)
`,
    'Heir',
    ['conv 3>8 3x3/1x1'],
  ],
  [
    'modules that are added to a sequence by name',
    `from torch import nn
net = nn.Sequential()
net.add_module("conv1", nn.Conv2d(3, 8, 3))
net.add_module(name="pool1", module=nn.MaxPool2d(2))
for i in range(2, 4):
    net.add_module(f"conv{i}", nn.Conv2d(8, 8, 3))
net.append(nn.Linear(8, 2))
`,
    'net',
    ['conv1 3>8 3x3/1x1', 'conv2 8>8 3x3/1x1', 'conv3 8>8 3x3/1x1', '4 8>2 /'],
  ],
  [
    'layers that are added to a model of Keras',
    `from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, Dense, MaxPooling2D
model = Sequential()
model.add(Conv2D(32, (3, 3), strides=2, name="first"))
model.add(MaxPooling2D())
for units in (64, 10):
    model.add(Dense(units))
`,
    'model',
    ['first ?>32 3x3/2x2', ' ?>64 /', ' ?>10 /'],
  ],
];

describe('spellings of layers', () => {
  it.each(cases)('read %s', async (_name, code, model, layers) => {
    expect(weightedLayers(await readSource(code), model)).toEqual(layers);
  });

  it('read a pooling function with its window', async () => {
    const code = `import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        x = F.max_pool2d(self.conv(x), 3, stride=2, padding=1)
        return F.avg_pool2d(x, kernel_size=(2, 4))
`;
    const pools = (await readSource(code)).definitions.filter(({ kind }) => kind === 'pooling');
    const said = ({ callee, uses }: LayerDefinition) => [
      callee,
      uses.map((use) => use.arguments),
      uses[0]?.order,
    ];
    expect(pools.map(said)).toEqual([
      ['F.max_pool2d', [{ kernel: [3, 3], stride: [2, 2], padding: [1, 1] }], 1],
      ['F.avg_pool2d', [{ kernel: [2, 4], stride: [2, 4], padding: [0, 0] }], 2],
    ]);
    expect(pools[0]?.literals).toEqual({
      kernel: { start: { line: 7, character: 39 }, end: { line: 7, character: 40 } },
      stride: { start: { line: 7, character: 49 }, end: { line: 7, character: 50 } },
      padding: { start: { line: 7, character: 60 }, end: { line: 7, character: 61 } },
    });
  });
});
