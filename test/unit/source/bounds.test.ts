import { describe, expect, it } from 'vitest';
import { readSource, weightedLayers } from '../../support/readSource';

const layer = 'import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 7))\n';

/** Code that would never end, or would fill the memory, if it were run. */
const endless = [
  ['a loop', 'while True:\n    x = 1\n'],
  [
    'loops in loops',
    'for a in range(4000):\n  for b in range(4000):\n    for c in range(4000):\n      x = [a, b, c]\n',
  ],
  ['recursion', 'def f(n):\n    return f(n + 1)\nf(0)\n'],
  ['two functions that call each other twice', 'def f():\n    g(); g()\ndef g():\n    f(); f()\nf()\n'],
  ['a class that makes itself', 'class A(nn.Module):\n    def __init__(self):\n        self.a = A()\nA()\n'],
  ['doubling lists', 'x = [1]\nwhile True:\n    x = x + x\n'],
  ['doubling texts', 'x = "ab"\nwhile True:\n    x += x\n'],
  [
    'lists in lists',
    'x = []\nfor i in range(99):\n    x = [x, x]\ny = []\nfor i in range(99):\n    y = [y, y]\nz = x == y\n',
  ],
  ['a list in itself', 'x = []\nx.append(x)\ny = x == [x]\n'],
  ['huge numbers', 'x = range(10 ** 300)\ny = [0] * 10 ** 12\nz = "a" * 10 ** 12\n'],
  ['long names', 'x = nn\nwhile True:\n    x = x.y\n'],
  ['deep nesting', `x = ${'['.repeat(5000)}${']'.repeat(5000)}\n`],
  ['deep sums', `x = ${'1+'.repeat(20_000)}1\n`],
  [
    'a module in itself',
    'class B(nn.Module):\n    def __init__(self):\n        self.b = self\n    def forward(self, x):\n        return self.b(x)\nb = B()\n',
  ],
] as const;

describe('reading code that has no end', () => {
  it.each(endless)('%s', async (_name, code) => {
    const reading = await readSource(layer + code);
    expect(weightedLayers(reading, 'net')).toEqual(['0 3>8 7x7/1x1']);
  });
});

describe('code that is being typed', () => {
  const alexnet = [
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    '        self.conv1 = nn.Conv2d(3, 96, kernel_size=7, stride=2)',
    '        self.conv2 = nn.Conv2d(96, 256, 5)',
    '        self.fc = nn.Linear(256, 10)',
    '',
  ].join('\n');

  it('never fails, wherever it ends', async () => {
    for (let end = 0; end <= alexnet.length; end++) await readSource(alexnet.slice(0, end));
    expect(weightedLayers(await readSource(alexnet), 'Net')).toHaveLength(3);
  });

  it.each([
    ['an open bracket', 'nn.Conv2d(96, 256, 5)', 'nn.Conv2d(96, '],
    ['an open text', 'nn.Conv2d(96, 256, 5)', '"'],
    ['a stray word', 'nn.Conv2d(96, 256, 5)', 'nn.Conv2d(96 256 = , 5) if'],
  ])('%s leaves the layer before it', async (_name, good, broken) => {
    const reading = await readSource(alexnet.replace(good, broken));
    expect(reading.definitions.map(({ range }) => range.start.line)).toContain(3);
  });
});
