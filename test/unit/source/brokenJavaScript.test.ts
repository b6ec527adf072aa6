import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mendJavaScript } from '../../../src/core/source/mendJavaScript';
import { readSource, weightedLayers } from '../../support/readSource';

/** A function in which one line is being typed. */
const around = (line: string) => `import * as tf from '@tensorflow/tfjs';

// Docs with an (open bracket.
function build() {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({ name: 'first', filters: 8, kernelSize: 3 }));
${line}
  model.add(tf.layers.conv2d({ name: 'last', filters: 32, kernelSize: 3 }));
  if (model) {
    model.add(tf.layers.dense({ name: 'fc', units: 10 }));
  }
  return model;
}

const other = tf.sequential({ layers: [tf.layers.dense({ name: 'alone', units: 3 })] });
`;

const typed: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a call that is not closed',
    "  model.add(tf.layers.conv2d({ name: 'mid', filters: 16, ",
    ['mid ?>16 /1x1'],
  ],
  [
    'a member without a value',
    "  model.add(tf.layers.conv2d({ name: 'mid', filters: 16, kernelSize:",
    ['mid ?>16 /1x1'],
  ],
  [
    'a call over lines that is not closed',
    "  model.add(\n    tf.layers.conv2d({\n      name: 'mid',\n      filters: 16,",
    ['mid ?>16 /1x1'],
  ],
  [
    'a call that breaks off before a comment',
    "  model.add(tf.layers.conv2d({ name: 'mid', filters: 16 // half",
    ['mid ?>16 /1x1'],
  ],
  ['a name that ends in a dot', '  const mid = tf.layers.', []],
  ['an assignment of nothing', '  const mid =', []],
  ['an arrow to nothing', '  const mid = tf.layers.relu(() =>', []],
  ['a text that is not closed', "  const mid = tf.layers.relu({ name: 'mi", []],
  ['a test that is not closed', '  if (model.layers.', []],
  [
    'a call in a block that is not closed',
    "  if (model) {\n    model.add(tf.layers.dense({ name: 'mid', units: 4\n  }",
    ['mid ?>4 /'],
  ],
  ['a brace that is missing', "  model.add(tf.layers.dense({ name: 'mid', units: 4);", ['mid ?>4 /']],
  ['a bracket too many', "  model.add(tf.layers.dense({ name: 'mid', units: 4 })));", ['mid ?>4 /']],
  [
    'both sides of a conflict, of which the first counts',
    `<<<<<<< HEAD
  model.add(tf.layers.dense({ name: 'mid', units: 4 }));
=======
  model.add(tf.layers.dense({ name: 'mid', units: 5 }));
>>>>>>> branch`,
    ['mid ?>4 /'],
  ],
];

describe('JavaScript that is being typed', () => {
  it.each(
    typed.flatMap(
      ([name, ...rest]) =>
        [
          [`${name}, in JavaScript`, 'javascript', ...rest],
          [`${name}, in TypeScript`, 'typescript', ...rest],
        ] as const,
    ),
  )('keeps the lines around %s', async (_name, grammar, line, layers) => {
    const reading = await readSource(around(line), grammar);
    const read = weightedLayers(reading, 'build');
    expect(read).toEqual(['first ?>8 3x3/1x1', ...layers, 'last ?>32 3x3/1x1', 'fc ?>10 /']);
    expect(weightedLayers(reading, 'other')).toEqual(['alone ?>3 /']);
    const row = around(line)
      .split('\n')
      .findIndex((text) => text.includes("'last'"));
    const last = reading.definitions.find(({ range }) => range.start.line === row);
    expect(last?.literals.outChannels?.start).toEqual({ line: row, character: 54 });
  });

  it('keeps the elements of a list around one that is not closed', async () => {
    const code = `const tf = require('@tensorflow/tfjs');
const net = tf.sequential({
  layers: [
    tf.layers.conv2d({ name: 'a', filters: 8, kernelSize: 3 }),
    tf.layers.conv2d({ name: 'b', filters: 16
    tf.layers.dense({ name: 'c', units: 2 }),
  ],
});
`;
    expect(weightedLayers(await readSource(code, 'javascript'), 'net')).toEqual([
      'a ?>8 3x3/1x1',
      'b ?>16 /1x1',
      'c ?>2 /',
    ]);
  });

  it('passes over lines so long that nobody types them', () => {
    const data = `x = ${'({ a: 1)'.repeat(50_000)};`;
    expect(mendJavaScript(`${data}\ny = f(1`)).toBe(`${data}\ny = f(1);`);
  });

  it('keeps every line where it is, and adds only behind its end, in the place of a comment', () => {
    const spaced = (line: string) => line.replace(/[)\]}]/g, ' ');
    const pieces = [
      '(',
      ')',
      '[',
      '{',
      '}',
      '"',
      "'",
      '`',
      '\n',
      '\n  ',
      '.',
      '=',
      ':',
      '//',
      '/*',
      '*/',
      'a',
      '=>',
      ',',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
        const before = parts.join('').split('\n');
        const after = mendJavaScript(parts.join('')).split('\n');
        expect(after).toHaveLength(before.length);
        before.forEach((line, row) => {
          const [long, short] = [spaced(after[row]!), spaced(line)];
          const same = [...short].findIndex((character, at) => long[at] !== character);
          const rest = short.slice(same);
          expect(same < 0 || /^[\s,]*(\/\/|$)/.test(rest), `${line} became ${after[row]}`).toBe(true);
        });
      }),
    );
  });
});
