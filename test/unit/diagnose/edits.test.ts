import { describe, expect, it } from 'vitest';
import { editLiteral, type PairSpelling } from '../../../src/core/diagnose/editLiteral';
import { isSilenced, silencing } from '../../../src/core/diagnose/silencing';

describe('a number of the code', () => {
  it.each<[string, readonly number[], readonly number[], PairSpelling, string | null]>([
    ['11', [11, 11], [7, 7], 'tuple', '7'],
    ['(11, 11)', [11, 11], [7, 7], 'tuple', '(7, 7)'],
    ['[11,  3]', [11, 3], [7, 5], 'array', '[7,  5]'],
    ['kernel_size: 11', [11, 11], [7, 7], 'none', 'kernel_size: 7'],
    ['96', [96], [64], 'tuple', '64'],
    // A layer of sequences has its one number as the width.
    ['11', [1, 11], [1, 7], 'tuple', '7'],
    ['[11]', [1, 11], [1, 7], 'array', '[7]'],
    ['11', [11, 11], [7, 5], 'tuple', '(7, 5)'],
    ['11', [11, 11], [7, 5], 'array', '[7, 5]'],
    // Two fields of prototxt, of which this is the first.
    ['kernel_size: 11', [11, 3], [7, 5], 'none', null],
    ['kernel_size: 11', [11, 11], [7, 5], 'none', null],
    ['1_1', [11, 11], [7, 7], 'tuple', null],
  ])('%s, which says %j, becomes %j with pairs as %s: %s', (text, current, value, pairs, expected) => {
    expect(editLiteral(text, { current, value }, pairs)).toBe(expected);
  });
});

describe('a comment', () => {
  it.each([
    ['conv = nn.Conv2d(3, 8, 7)  # switchback-ignore', true],
    ['conv = nn.Conv2d(3, 8, 7)  # switchback-ignore: dead-filters', true],
    ['conv = nn.Conv2d(3, 8, 7)  # the stem, switchback-ignore: aliasing-stride , dead-filters', true],
    ['tf.layers.conv2d({ filters: 8 }), // switchback-ignore: dead-filters because it is new', true],
    ['conv = nn.Conv2d(3, 8, 7)  # switchback-ignore: aliasing-stride', false],
    ['conv = nn.Conv2d(3, 8, 7)  # switchback-ignored', false],
    ['conv = nn.Conv2d(3, 8, 7)  # no-switchback-ignore', false],
    ['switchback-ignore', false],
  ])('%s silences dead filters: %s', (line, expected) => {
    expect(isSilenced('dead-filters', ['x = 1', line])).toBe(expected);
  });

  it.each([
    ['a = f(3)', '#', 'a = f(3)  # switchback-ignore: dead-filters'],
    ['  a: f({  ', '//', '  a: f({  // switchback-ignore: dead-filters  '],
    ['a = f(3)  # why', '#', 'a = f(3)  # why  # switchback-ignore: dead-filters'],
    [
      'a = f(3)  # switchback-ignore: code-mismatch; later',
      '#',
      'a = f(3)  # switchback-ignore: code-mismatch, dead-filters; later',
    ],
  ] as const)('is written behind %s', (line, mark, expected) => {
    const { character, text } = silencing(line, 'dead-filters', mark)!;
    const written = line.slice(0, character) + text + line.slice(character);
    expect(written).toBe(expected);
    expect(isSilenced('dead-filters', [line])).toBe(false);
    expect(isSilenced('dead-filters', [written])).toBe(true);
  });

  it('is not written where a line goes on behind a backslash', () => {
    expect(silencing('a = f(3) + \\', 'dead-filters', '#')).toBeNull();
  });
});
