import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lowerProgram } from '../../../src/core/source/lower/lowerProgram';
import { readPrograms } from '../../../src/core/source/readPrograms';
import { openGrammars } from '../../../src/host/source/grammars';

const wasm = path.resolve(import.meta.dirname, '../../../node_modules/@vscode/tree-sitter-wasm/wasm');

const block = (name: string, channels: number) => `
class ${name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, ${channels}, 3)
        self.fc = nn.Linear(${channels}, 2)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))
`;

/** About 5000 lines. */
const blocks = Array.from({ length: 555 }, (_, i) => block(`Net${i}`, 8 + i));
const text = `from torch import nn\n${blocks.join('')}`;

describe('reading again after a key press', () => {
  it('lowers the edited class alone, and reads what a new reading would', async () => {
    const parse = await openGrammars(wasm)('python');
    const tree = parse(text)!;
    const before = lowerProgram(tree.rootNode, 'python');
    const at = text.indexOf('nn.Conv2d(3, 208');
    const row = text.slice(0, at).split('\n').length - 1;
    const column = at - text.lastIndexOf('\n', at) - 1 + 'nn.Conv2d('.length;
    const index = at + 'nn.Conv2d('.length;
    // A digit typed, and a line above it: everything behind moves.
    const typed = `${text.slice(0, index)}1${text.slice(index)}`;
    tree.edit({
      startIndex: index,
      oldEndIndex: index,
      newEndIndex: index + 1,
      startPosition: { row, column },
      oldEndPosition: { row, column },
      newEndPosition: { row, column: column + 1 },
    });
    const after = lowerProgram(parse(typed, tree)!.rootNode, 'python', before);
    const known = new Set(before.chunks.map(({ statements }) => statements));
    expect(after.chunks.filter(({ statements }) => !known.has(statements))).toHaveLength(1);
    const fresh = lowerProgram(parse(typed)!.rootNode, 'python');
    const reading = readPrograms([after])[0]!;
    expect(reading).toEqual(readPrograms([fresh])[0]);
    expect(reading.models).toHaveLength(555);
    expect(
      reading.definitions.find(({ range }) => range.start.line === row)?.uses[0]?.arguments.inChannels,
    ).toBe(13);
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
});
