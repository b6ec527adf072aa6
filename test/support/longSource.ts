/** What the numbers of the class in the middle follow. */
export const editedCall = 'self.middle = nn.Conv2d(';

/** A text of about `lines` lines that defines many small networks, and between them the one in `own`, with a class to edit. */
export function longSource(lines: number, own = ''): string {
  const blocks = Array.from({ length: Math.floor((lines - own.split('\n').length) / 9) - 1 }, (_, i) =>
    block(`Net${i}`, 'conv', 8 + i),
  );
  const half = blocks.length >> 1;
  const middle = block('Middle', 'middle', 4);
  return `from torch import nn\n${[...blocks.slice(0, half), middle, own, ...blocks.slice(half)].join('')}`;
}

/** What tree-sitter is told of one character that is typed into a line. */
export function typedCharacter(text: string, index: number) {
  const lines = text.slice(0, index).split('\n');
  const at = { row: lines.length - 1, column: lines.at(-1)!.length };
  return {
    startIndex: index,
    oldEndIndex: index,
    newEndIndex: index + 1,
    startPosition: at,
    oldEndPosition: at,
    newEndPosition: { ...at, column: at.column + 1 },
  };
}

function block(name: string, attribute: string, channels: number): string {
  return `
class ${name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.${attribute} = nn.Conv2d(3, ${channels}, 3)
        self.fc = nn.Linear(${channels}, 2)

    def forward(self, x):
        return self.fc(self.${attribute}(x).mean((2, 3)))
`;
}
