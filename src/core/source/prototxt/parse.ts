import type { SourceRange } from '../definition';

/** A field of a message in protobuf's text format, with the places of its key and value. */
export interface TextField {
  readonly name: string;
  readonly value: string | TextMessage;
  /** Of the value; of the whole field for a message. */
  readonly range: SourceRange;
}

export type TextMessage = readonly TextField[];

interface Token {
  readonly text: string;
  readonly line: number;
  readonly character: number;
}

/** Messages nested deeper than this belong to no network. */
const deepest = 20;

/** Reads protobuf's text format. Never throws: what is broken is passed over, what is not closed ends with the text. */
export function parseTextFormat(text: string): TextMessage {
  const tokens = tokenize(text);
  let next = 0;
  const message = (depth: number): TextField[] => {
    const fields: TextField[] = [];
    while (next < tokens.length) {
      const name = tokens[next++]!;
      if (name.text === '}') {
        if (depth > 0) return fields;
        continue;
      }
      if (!/^\w+$/.test(name.text)) continue;
      if (tokens[next]?.text === ':') next++;
      const value = tokens[next];
      if (value === undefined || value.text === '}') continue;
      next++;
      if (value.text !== '{')
        fields.push({ name: name.text, value: unquoted(value.text), range: spanOf(value) });
      else if (depth < deepest) {
        const inner = message(depth + 1);
        const end = spanOf(tokens[next - 1] ?? value).end;
        fields.push({ name: name.text, value: inner, range: { start: spanOf(name).start, end } });
      }
    }
    return fields;
  };
  return message(0);
}

function tokenize(text: string): Token[] {
  return text
    .split(/\r?\n/)
    .flatMap((content, line) =>
      [...content.matchAll(/#.*|"[^"]*"?|'[^']*'?|[{}:]|[^\s{}:#"']+/g)]
        .filter(([token]) => !token.startsWith('#'))
        .map((match): Token => ({ text: match[0], line, character: match.index })),
    );
}

function spanOf({ text, line, character }: Token): SourceRange {
  return { start: { line, character }, end: { line, character: character + text.length } };
}

function unquoted(text: string): string {
  return text.replace(/^["']|["']$/g, '');
}
