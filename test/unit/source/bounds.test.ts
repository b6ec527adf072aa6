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

/** The same in JavaScript. */
const endlessJavaScript = [
  [
    'arrays that double',
    'let x = [1]; for (;;) { x = x.concat(x); x.slice().reverse(); x.flatMap((a) => [a, x]); }',
  ],
  [
    'an array in itself',
    'const x = []; x.push(x); x.flat().map((a) => x.concat(a)); x.reduce((a, b) => a.concat(b), x); x.join();',
  ],
  [
    'huge arrays',
    'const x = Array(1e12).fill(1); const y = Array.from({ length: 1e300 }); const z = Array(4000).fill(Array(4000)).flat();',
  ],
  [
    'a class that makes itself',
    'class A { inner = new A(); }\nclass B extends A { constructor() { super(); new B(); } }\nnew B();',
  ],
] as const;

describe('reading JavaScript that has no end', () => {
  it.each(endlessJavaScript)('%s', async (_name, code) => {
    const text = `const net = tf.sequential();\nnet.add(tf.layers.conv2d({ filters: 8, kernelSize: 7 }));\n${code}\n`;
    expect(weightedLayers(await readSource(text, 'javascript'), 'net')).toEqual([' ?>8 7x7/1x1']);
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
