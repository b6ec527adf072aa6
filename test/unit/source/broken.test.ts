import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mendStatements } from '../../../src/core/source/mendStatements';
import { mendPython } from '../../../src/core/source/mendPython';
import { readSource, weightedLayers } from '../../support/readSource';

/** A class in which one line is being typed. */
const around = (line: string) => `from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    """Docs with an (open bracket."""
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3)
${line}
        self.last = nn.Conv2d(16, 32, 3)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        return self.fc(self.last(self.first(x)))


other = nn.Sequential(nn.Linear(2, 3))
`;

const typed: readonly (readonly [string, string, readonly string[]])[] = [
  ['a call that is not closed', '        self.mid = nn.Conv2d(8, 16,', ['mid 8>16 /1x1']],
  ['an argument without a value', '        self.mid = nn.Conv2d(8, 16, kernel_size=', ['mid 8>16 /1x1']],
  ['a text that is not closed', '        self.mid = nn.Conv2d(8, 16, 5, padding="sa', ['mid 8>16 5x5/1x1']],
  ['a name that ends in a dot', '        self.mid = nn.', []],
  ['an assignment of nothing', '        self.mid =', []],
  [
    'nested calls that are not closed',
    '        self.mid = nn.Sequential(nn.Conv2d(8, 16',
    ['mid.0 8>16 /1x1'],
  ],
  ['a bracket too many', '        self.mid = nn.Conv2d(8, 16, 5))', ['mid 8>16 5x5/1x1']],
  ['a test without its colon', '        if self.deep', []],
  [
    'a loop without its colon',
    '        for i in range(2)\n            setattr(self, f"mid{i}", nn.Conv2d(8, 16, 1))',
    ['mid0 8>16 1x1/1x1', 'mid1 8>16 1x1/1x1'],
  ],
  [
    'a call that breaks off before a comment',
    '        self.mid = nn.Conv2d(8, 16,  # half',
    ['mid 8>16 /1x1'],
  ],
  ['a line too far left', '    self.mid = nn.Conv2d(8, 16, 3)', ['mid 8>16 3x3/1x1']],
  ['a line at the margin', 'self.mid = nn.Conv2d(8, 16, 3)', ['mid 8>16 3x3/1x1']],
  ['a line between the levels', '      self.mid = nn.Conv2d(8, 16, 3)', ['mid 8>16 3x3/1x1']],
  ['a line too far right', '          self.mid = nn.Conv2d(8, 16, 3)', ['mid 8>16 3x3/1x1']],
  [
    'lines too far left, with a comment and a line of nothing before them',
    `        # what follows

    self.mid = nn.Sequential(  # two
        nn.Conv2d(8, 16, 3),
    )
    self.next = nn.Linear(2, 3)`,
    ['mid.0 8>16 3x3/1x1', 'next 2>3 /'],
  ],
  ['a loop that is not closed', '        for i in range(', []],
  [
    'both sides of a conflict, of which the first counts',
    `<<<<<<< HEAD
        self.mid = nn.Conv2d(8, 16, 3)
||||||| base
        self.mid = nn.Conv2d(8, 16, 1)
=======
        self.mid = nn.Conv2d(8, 16, 5)
>>>>>>> branch`,
    ['mid 8>16 3x3/1x1'],
  ],
];

describe('Python that is being typed', () => {
  it.each(typed)('keeps the lines around %s', async (_name, line, layers) => {
    const reading = await readSource(around(line));
    const read = weightedLayers(reading, 'Net');
    expect(new Set(read)).toEqual(
      new Set(['first 3>8 3x3/1x1', ...layers, 'last 16>32 3x3/1x1', 'fc 32>10 /']),
    );
    expect(weightedLayers(reading, 'other')).toEqual(['0 2>3 /']);
    const row = around(line)
      .split('\n')
      .findIndex((text) => text.includes('self.last'));
    const last = reading.definitions.find(({ range }) => range.start.line === row);
    expect(last?.literals.kernel?.start).toEqual({ line: row, character: 38 });
  });

  it('keeps the elements of a list around one that is not closed', async () => {
    const code = `from torch import nn
net = nn.Sequential(
    nn.Conv2d(3, 8, 3),
    nn.Conv2d(8, 16, 3
    nn.ReLU(),
    nn.Linear(16, 2),
)
`;
    expect(weightedLayers(await readSource(code), 'net')).toEqual([
      '0 3>8 3x3/1x1',
      '1 8>16 3x3/1x1',
      '3 16>2 /',
    ]);
  });

  const sources = path.resolve(import.meta.dirname, '../../fixtures/sources');
  it.each(readdirSync(sources).filter((name) => name.endsWith('.py')))(
    'leaves %s alone, which is sound',
    (name) => {
      const code = readFileSync(path.join(sources, name), 'utf8');
      expect(mendStatements(code)).toBe(code);
    },
  );

  it.each([
    ['texts and brackets over lines', 'x = f(\n1,\n      2)\ny = """\n  (\n"""\nz = 3\n'],
    ['numbers and texts that end in a dot', 'x = 1.\ny = ...\nz = "a ="\nw = f(a=\n2.)\n'],
    ['a line that goes on behind a backslash', 'x = 1 + \\\n    2\ny = 3\n'],
    ['blocks on the line of their header', 'class A: pass\nif x: y = 1\nelse:\n  z = {\n1: 2}\n'],
    [
      'blocks of different depth',
      'def f():\n      a = 1\ndef g():\n  if a:  # why: so\n     b = 2\n  c = 3\n',
    ],
  ])('leaves %s alone', (_name, code) => {
    expect(mendStatements(code)).toBe(code);
  });

  it('passes over lines so long that nobody types them', () => {
    const data = `x = ${')'.repeat(200_000)}`;
    expect(mendPython(`${data}\ny = f(1`)).toBe(`${data}\ny = f(1)`);
  });

  it("leaves commands of a notebook's cell out", async () => {
    const code = `%matplotlib inline
!pip install "torch
from torch import nn
net = nn.Sequential(nn.Conv2d(3, 8, 3))
`;
    expect(weightedLayers(await readSource(code), 'net')).toEqual(['0 3>8 3x3/1x1']);
  });

  it('keeps every line where it is, and adds only behind its end, in the place of a comment', () => {
    const spaced = (line: string) => line.replace(/[)\]]/g, ' ');
    const keeps = (after: string, before: string) => {
      const [long, short] = [spaced(after), spaced(before)];
      const same = [...short].findIndex((character, i) => long[i] !== character);
      return same < 0 || short[same] === '#';
    };
    const pieces = [
      '(',
      ')',
      '[',
      '"',
      "'",
      '"""',
      '\n',
      '\n    ',
      '.',
      '=',
      'def f',
      'if x',
      ':',
      '#',
      'a',
      '\\',
      '%',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
        const before = parts.join('').split('\n');
        const after = mendStatements(mendPython(parts.join(''))).split('\n');
        expect(after).toHaveLength(before.length);
        before.forEach((line, row) => {
          if (!/^\s*%/.test(line)) expect(keeps(after[row]!, line)).toBe(true);
        });
      }),
    );
  });
});
