import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interpretation } from '../../../src/core/source/interpret/findModels';
import { lowerProgram } from '../../../src/core/source/lower/lowerProgram';
import { readAgain, readPrograms } from '../../../src/core/source/readPrograms';
import { openGrammars, type Parse } from '../../../src/host/source/grammars';
import { lowerText, type LoweredText } from '../../../src/host/source/lowerText';
import { editedCall, longSource, typedCharacter } from '../../support/longSource';
import { lowerSource } from '../../support/readSource';

const wasm = path.resolve(import.meta.dirname, '../../../node_modules/@vscode/tree-sitter-wasm/wasm');

const text = longSource(5000);

/** Models that share functions, a base class and a list. */
const zoo = `from torch import nn

cfgs = {'a': [4, 8], 'b': [3]}


def width(x):
    return 2 * x


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 5)


class Heir(Base):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 2)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(width(4), 10)


class Alone(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(5, 6)


def tiny():
    return nn.Sequential(nn.Conv2d(3, width(3), 3))


def chain(widths):
    return nn.Sequential(*[nn.Linear(w, w) for w in widths])


def plain():
    return chain(cfgs['a'])


def deep():
    cfgs['a'].append(5)
    return chain(cfgs['a'])
`;

describe('reading again after a key press', () => {
  it('lowers the edited class alone, and reads what a new reading would', async () => {
    const parse = await openGrammars(wasm)('python');
    const tree = parse(text)!;
    const before = lowerProgram(tree.rootNode, 'python');
    const index = text.indexOf(editedCall) + editedCall.length;
    const typed = `${text.slice(0, index)}1${text.slice(index)}`;
    const edit = typedCharacter(text, index);
    tree.edit(edit);
    const after = lowerProgram(parse(typed, tree)!.rootNode, 'python', before);
    const known = new Set(before.chunks.map(({ statements }) => statements));
    expect(after.chunks.filter(({ statements }) => !known.has(statements))).toHaveLength(1);
    const fresh = lowerProgram(parse(typed)!.rootNode, 'python');
    const first = readAgain([before], undefined).interpretation;
    const { readings, interpretation } = readAgain([after], first);
    const reading = readings[0]!;
    expect(again(first, interpretation)).toHaveLength(1);
    expect(reading).toEqual(readPrograms([fresh])[0]);
    const { row } = edit.startPosition;
    const edited = reading.definitions.find(({ range }) => range.start.line === row);
    expect(edited?.uses[0]?.arguments.inChannels).toBe(13);
  });

  it('parses what a broken text was meant as from what it was meant as before', async () => {
    const parse = await parser();
    const bases: boolean[] = [];
    const observed: Parse = (typed, base) => {
      bases.push(base !== undefined && base !== null);
      return parse(typed, base);
    };
    const sound = longSource(500);
    const at = sound.indexOf(editedCall) + editedCall.length;
    const unclosed = sound.slice(0, at) + sound.slice(sound.indexOf('\n', at));
    let lowered: LoweredText = { program: await lowerSource(sound), mended: null };
    for (const inserted of ['', '4', '4,', '4, 8', '4, 8\n        self.fc = ']) {
      const typed = unclosed.slice(0, at) + inserted + unclosed.slice(at);
      const tree = parse(typed)!;
      lowered = lowerText(typed, { tree, parse: observed, grammar: 'python' }, lowered);
      tree.delete();
      expect(readPrograms([lowered.program])).toEqual(readPrograms([await lowerSource(typed)]));
    }
    expect(bases).toEqual([true, true, true, true, true]);
  });

  it('finds statements that moved without lowering them', async () => {
    const parse = await openGrammars(wasm)('python');
    const before = lowerProgram(parse(text)!.rootNode, 'python');
    const after = lowerProgram(parse(`# one more line\n${text}`)!.rootNode, 'python', before);
    const [first, second] = [readPrograms([before])[0]!, readPrograms([after])[0]!];
    expect(second.definitions.map(({ range }) => range.start.line)).toEqual(
      first.definitions.map(({ range }) => range.start.line + 1),
    );
    expect(after.chunks.every(({ statements }, i) => statements === before.chunks[i]?.statements)).toBe(true);
  });

  it.each([
    ['a function that a model uses', 'def width(x):\n    return 2 * x', 'return 3 * x', ['Small', 'tiny']],
    ['a class that a model inherits from', 'nn.Conv2d(3, 8, 5)', 'nn.Conv2d(3, 8, 7)', ['Heir', 'Base']],
    ['a list that models read, and may change', "'a': [4, 8]", "'a': [4, 9]", ['plain', 'deep']],
  ])('looks again at what depends on %s, and at nothing else', async (_what, old, typed, expected) => {
    const edited = zoo.replace(old, old.includes('return') ? old.replace('return 2 * x', typed) : typed);
    const before = await lowerSource(zoo);
    const { program: after } = lowerAgain({ program: before, mended: null }, edited, await parser());
    const first = readAgain([before], undefined).interpretation;
    const { readings, interpretation } = readAgain([after], first);
    expect(again(first, interpretation)).toEqual(expected);
    expect(readings).toEqual(readPrograms([await lowerSource(edited)]));
  });

  it('makes everything anew where a function changes a class', async () => {
    const widened = (body: string) => `from torch import nn


def widen():
    ${body}


class Wide(nn.Module):
    width = 4
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(Wide.width, 2)
`;
    let lowered: LoweredText = { program: await lowerSource(widened('pass')), mended: null };
    let { interpretation } = readAgain([lowered.program], undefined);
    for (const body of ['Wide.width = 8', 'Wide.width = 16', 'pass']) {
      const typed = widened(body);
      lowered = lowerAgain(lowered, typed, await parser());
      const read = readAgain([lowered.program], interpretation);
      interpretation = read.interpretation;
      expect(read.readings).toEqual(readPrograms([await lowerSource(typed)]));
    }
  });

  it('reads what a new reading would, whatever is typed', async () => {
    const parse = await parser();
    const edit = fc.record({
      at: fc.nat({ max: 2000 }),
      length: fc.nat({ max: 40 }),
      text: fc.constantFrom(
        '',
        '7',
        '\n',
        'x',
        ')',
        '    ',
        'cfgs',
        '\nnet = Small()\n',
        'cfgs["a"].append(3)',
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        let typed = zoo;
        let lowered: LoweredText = { program: await lowerSource(zoo), mended: null };
        let { interpretation } = readAgain([lowered.program], undefined);
        for (const { at, length, text: inserted } of edits) {
          const from = at % typed.length;
          typed = typed.slice(0, from) + inserted + typed.slice(from + length);
          lowered = lowerAgain(lowered, typed, parse);
          const read = readAgain([lowered.program], interpretation);
          interpretation = read.interpretation;
          expect(read.readings).toEqual(readPrograms([await lowerSource(typed)]));
        }
      }),
      { numRuns: 60, examples: [[brokenInPart]] },
    );
  });
});

/** How the parser mends `Heir` changes when `Alone` breaks. */
const brokenInPart = [
  { at: 1846, length: 12, text: '' },
  { at: 484, length: 21, text: '\nnet = Small()\n' },
];

const parser = () => openGrammars(wasm)('python');

function lowerAgain(before: LoweredText, typed: string, parse: Parse): LoweredText {
  const tree = parse(typed)!;
  const lowered = lowerText(typed, { tree, parse, grammar: 'python' }, before);
  tree.delete();
  return lowered;
}

/** Functions and classes that were tried again. */
function again(before: Interpretation, { made }: Interpretation): string[] {
  const known = new Set(before.made.values());
  return [...made].filter(([, result]) => !known.has(result)).map(([{ name }]) => name);
}
