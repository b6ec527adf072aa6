import { describe, expect, it } from 'vitest';
import { readSource, weightedLayers } from '../../support/readSource';

const torch = 'import torch\nfrom torch import nn\nimport torch.nn.functional as F\n';
const keras = 'import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n';
const flax = 'from flax import linen as nn\n';

/** Name, code, the model, its layers with weights as `path in>out kernel/stride`. */
const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'attributes of a module',
    `${torch}
class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.fc = nn.Linear(6 * 12 * 12, classes)
    def forward(self, x):
        return self.fc(F.max_pool2d(F.relu(self.conv1(x)), 2).flatten(1))
`,
    'Net',
    ['conv1 1>6 5x5/1x1', 'fc 864>10 /'],
  ],
  [
    'nested sequences with names',
    `${torch}
from collections import OrderedDict
net = nn.Sequential(OrderedDict([
    ("stem", nn.Sequential(nn.Conv2d(3, 8, (3, 5), stride=(2, 1)), nn.ReLU())),
    ("head", nn.Conv2d(8, 2, 1)),
]))
`,
    'net',
    ['stem.0 3>8 3x5/2x1', 'head 8>2 1x1/1x1'],
  ],
  [
    'lists in loops with literal ranges',
    `${torch}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        channels = 3
        for i in range(3):
            layers += [nn.Conv2d(channels, 16 * 2 ** i, 3, padding=1), nn.ReLU(inplace=True)]
            channels = 16 * 2 ** i
        self.features = nn.Sequential(*layers)
        self.heads = nn.ModuleList([nn.Linear(64, n) for n in (2, 5)])
`,
    'Net',
    [
      'features.0 3>16 3x3/1x1',
      'features.2 16>32 3x3/1x1',
      'features.4 32>64 3x3/1x1',
      'heads.0 64>2 /',
      'heads.1 64>5 /',
    ],
  ],
  [
    'helper functions and blocks that are used several times',
    `${torch}
def conv3x3(channels_in, channels, stride=1):
    return nn.Conv2d(channels_in, channels, kernel_size=3, stride=stride, padding=1, bias=False)

class BasicBlock(nn.Module):
    def __init__(self, channels_in, channels, stride=1):
        super().__init__()
        self.conv1 = conv3x3(channels_in, channels, stride)
        self.conv2 = conv3x3(channels, channels)

class Net(nn.Module):
    def __init__(self, block=BasicBlock, depths=(1, 2)):
        super().__init__()
        self.width = 16
        self.layer1 = self._make_layer(block, 16, depths[0])
        self.layer2 = self._make_layer(block, 32, depths[1], stride=2)

    def _make_layer(self, block, channels, count, stride=1):
        blocks = []
        for i in range(count):
            blocks.append(block(self.width, channels, stride if i == 0 else 1))
            self.width = channels
        return nn.Sequential(*blocks)
`,
    'Net',
    [
      'layer1.0.conv1 16>16 3x3/1x1',
      'layer1.0.conv2 16>16 3x3/1x1',
      'layer2.0.conv1 16>32 3x3/2x2',
      'layer2.0.conv2 32>32 3x3/1x1',
      'layer2.1.conv1 32>32 3x3/1x1',
      'layer2.1.conv2 32>32 3x3/1x1',
    ],
  ],
  [
    'lazy modules, copies and classes that inherit from a container',
    `${torch}
import copy
class ConvReLU(nn.Sequential):
    def __init__(self, channels):
        super().__init__(nn.LazyConv2d(channels, 3), nn.ReLU())
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ConvReLU(4)
        block = nn.Conv2d(4, 4, 3)
        self.blocks = nn.ModuleList([copy.deepcopy(block) for _ in range(2)])
`,
    'Net',
    ['stem.0 ?>4 3x3/1x1', 'blocks.0 4>4 3x3/1x1', 'blocks.1 4>4 3x3/1x1'],
  ],
  [
    'modules that a function gives back, with normalised weights or compiled',
    `${torch}
from torch.nn.utils import parametrizations, spectral_norm
class Net(nn.Module):
    def __init__(self, sizes=(8, 16, 32)):
        super().__init__()
        self.norm = nn.utils.weight_norm(nn.Conv2d(3, sizes[0], 3), dim=0)
        self.up = nn.ModuleList(
            parametrizations.weight_norm(nn.ConvTranspose2d(b, a, 2, 2)) for a, b in zip(sizes[-2::-1], sizes[::-1])
        )
        self.fc = torch.compile(spectral_norm(nn.Linear(8, 4)))
`,
    'Net',
    ['norm 3>8 3x3/1x1', 'up.0 32>16 2x2/2x2', 'up.1 16>8 2x2/2x2', 'fc 8>4 /'],
  ],
  [
    'parts of sequences, and modules that others take the place of',
    `${torch}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.Conv2d(5, 6, 3))
        self.low, self.high = features[:2], features[2:]
        blocks = nn.ModuleList([nn.Linear(6, 7), nn.Linear(7, 8), nn.Linear(8, 9)])
        self.blocks = blocks[1:]
        self.head = nn.Sequential()
        self.head.add_module("drop", nn.Dropout())
        self.head.add_module("last", nn.Linear(9, 10))
        self.head[-1] = nn.Linear(9, 2)
        self.blocks[0] = nn.Linear(6, 8)
`,
    'Net',
    [
      'low.0 3>4 3x3/1x1',
      'high.2 4>5 3x3/1x1',
      'high.3 5>6 3x3/1x1',
      'blocks.0 6>8 /',
      'blocks.1 8>9 /',
      'head.last 9>2 /',
    ],
  ],
  [
    'the order in which a pass runs, not in which layers are made',
    `${torch}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(8, 2)
        self.first = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return self.last(F.relu(self.first(x)).mean((2, 3)))
`,
    'Net',
    ['first 3>8 3x3/1x1', 'last 8>2 /'],
  ],
  [
    'a sequential model of Keras',
    `${keras}
model = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(32, 3, strides=2, name="first"), layers.Dense(10)])
`,
    'model',
    ['first ?>32 3x3/2x2', ' ?>10 /'],
  ],
  [
    'a functional model of Keras with blocks and names that are put together',
    `${keras}
def block(x, filters, name):
    x = layers.Conv2D(filters, (3, 3), padding="same", name=name + "_conv")(x)
    return layers.MaxPooling2D(name=f"{name}_pool")(x)

def build(classes=10):
    inputs = keras.Input((32, 32, 3))
    x = inputs
    for i, filters in enumerate([8, 16]):
        x = block(x, filters, "block%d" % (i + 1))
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(classes, name="scores")(x))
`,
    'build',
    ['block1_conv ?>8 3x3/1x1', 'block2_conv ?>16 3x3/1x1', 'scores ?>10 /'],
  ],
  [
    'a functional model of Keras at the top',
    `${keras}
inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(8, 5, name="a")(inputs)
net = keras.Model(inputs, layers.Dense(3, name="b")(x))
`,
    'net',
    ['a ?>8 5x5/1x1', 'b ?>3 /'],
  ],
  [
    'modules of Flax',
    `${flax}
class CNN(nn.Module):
    features: int = 32
    @nn.compact
    def __call__(self, x):
        x = nn.Conv(features=self.features, kernel_size=(3, 3))(x)
        x = nn.relu(x)
        x = nn.max_pool(x, window_shape=(2, 2), strides=(2, 2))
        return nn.Dense(features=10, name="head")(x)
`,
    'CNN',
    [' ?>32 3x3/1x1', 'head ?>10 /'],
  ],
  [
    'sequences in sequences of one, and lists of what a sequence holds',
    `${torch}
class ConvReLU(nn.Sequential):
    def __init__(self, channels):
        super().__init__(nn.Conv2d(3, channels, 3), nn.ReLU())
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = nn.Sequential(ConvReLU(4))
        self.list = nn.ModuleList(nn.Sequential(nn.Linear(4, 2)))
`,
    'Net',
    ['block.0.0 3>4 3x3/1x1', 'list.0 4>2 /'],
  ],
  [
    'what is passed as nothing',
    `${torch}
class Block(nn.Module):
    def __init__(self, channels, out=8, kernel=3):
        super().__init__()
        self.conv = nn.Conv2d(3, channels, kernel)
        self.out = out
        if self.out is not None:
            self.last = nn.Conv2d(channels, out, 1)
outs = {"a": [None]}
net = nn.Sequential(Block(4, outs["a"][0], 5), Block(6, kernel=7))
`,
    'net',
    ['0.conv 3>4 5x5/1x1', '1.conv 3>6 7x7/1x1', '1.last 6>8 1x1/1x1'],
  ],
  [
    'modules of nnx, which are told what goes in',
    `from flax import nnx
class CNN(nnx.Module):
    def __init__(self, *, rngs: nnx.Rngs):
        self.conv = nnx.Conv(1, 32, kernel_size=(3, 3), rngs=rngs)
        self.down = nnx.Conv(32, 64, (3, 3), strides=2, rngs=rngs)
        self.head = nnx.Linear(3136, out_features=256, rngs=rngs)
    def __call__(self, x):
        x = nnx.avg_pool(nnx.relu(self.conv(x)), window_shape=(2, 2), strides=(2, 2))
        return self.head(self.down(x))
`,
    'CNN',
    ['conv 1>32 3x3/1x1', 'down 32>64 3x3/2x2', 'head 3136>256 /'],
  ],
  [
    'settings in data classes and namespaces',
    `${torch}
from dataclasses import dataclass, field
from types import SimpleNamespace
head = SimpleNamespace(classes=7)
@dataclass
class Config:
    widths: tuple = (16, 32)
    kernel: int = field(default=5)
    strides: list = field(default_factory=lambda: [2, 1])
class Net(nn.Module):
    def __init__(self, config: Config = Config()):
        super().__init__()
        channels = 3
        self.stages = nn.ModuleList()
        for width, stride in zip(config.widths, config.strides):
            self.stages.append(nn.Conv2d(channels, width, config.kernel, stride))
            channels = width
        self.head = nn.Linear(channels, head.classes)
`,
    'Net',
    ['stages.0 3>16 5x5/2x2', 'stages.1 16>32 5x5/1x1', 'head 32>7 /'],
  ],
  [
    'lists that are walked in pairs and put in a row',
    `${torch}
import itertools
from itertools import chain
sizes = [3, 16, 32]
blocks = ((nn.Conv2d(a, b, 3), nn.ReLU()) for a, b in itertools.pairwise(sizes))
net = nn.Sequential(*itertools.chain.from_iterable(blocks), *chain([nn.Conv2d(32, 8, 1)], [nn.ReLU()]))
`,
    'net',
    ['0 3>16 3x3/1x1', '2 16>32 3x3/1x1', '4 32>8 1x1/1x1'],
  ],
  [
    'the case of a match that holds',
    `${torch}
def widthOf(size, depth):
    match size:
        case "s": return 8
        case "m" | "l": width = 16
        case _: width = 32
    match depth:
        case 1: return width
        case -1 | 2: return unknown()
def make(size="m"):
    return nn.Sequential(nn.Conv2d(3, widthOf("s", 0), 3), nn.Conv2d(8, widthOf(size, 1), 3),
        nn.Conv2d(16, widthOf("x", 1), 3))
`,
    'make',
    ['0 3>8 3x3/1x1', '1 8>16 3x3/1x1', '2 16>32 3x3/1x1'],
  ],
  [
    'what both branches make where a test is not known',
    `${torch}
import os
def make():
    if os.environ.get("BIG"):
        width = 64
    else:
        width = 32
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.Conv2d(width, unknown_number(), 3))
`,
    'make',
    ['0 3>32 3x3/1x1', '1 32>? 3x3/1x1'],
  ],
];

describe('reading Python', () => {
  it.each(cases)('%s', async (_name, code, model, layers) => {
    expect(weightedLayers(await readSource(code), model)).toEqual(layers);
  });

  it('says where each number stands that may be edited', async () => {
    const code =
      'from torch import nn\nsize = 3\nnet = nn.Sequential(nn.Conv2d(3, 96, (11, 11), stride=4, padding=size))\n';
    const [definition] = (await readSource(code)).definitions;
    const text = code.split('\n')[2]!;
    const literals = Object.entries(definition!.literals).map(([name, { start, end }]) => [
      name,
      text.slice(start.character, end.character),
    ]);
    expect(Object.fromEntries(literals)).toEqual({
      inChannels: '3',
      outChannels: '96',
      kernel: '(11, 11)',
      stride: '4',
    });
    expect(definition?.callee).toBe('nn.Conv2d');
    expect(definition?.range).toEqual({ start: { line: 2, character: 20 }, end: { line: 2, character: 70 } });
  });

  it('keeps one definition for all layers that a block makes', async () => {
    const reading = await readSource(cases[3]![1]);
    const [definition] = reading.definitions;
    expect(reading.definitions).toHaveLength(1);
    expect(definition?.uses.map(({ path }) => path)).toHaveLength(6);
  });

  it('names what it cannot know', async () => {
    const reading = await readSource(cases.at(-1)![1]);
    expect(reading.definitions[1]?.notes).toEqual(['Not known without running the code: out_channels.']);
  });

  it('finds every model of a text', async () => {
    const code = `${torch}
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
class B(A):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 2)
def train():
    net = B()
first = nn.Sequential(nn.Linear(2, 2))
`;
    const { models } = await readSource(code);
    expect(models).toEqual([
      { name: 'first', layers: 1 },
      { name: 'B', layers: 2 },
      { name: 'A', layers: 1 },
    ]);
  });
});
