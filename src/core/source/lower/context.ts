import type { Chunk, Expression, Place, Statement } from '../program';
import { unknownExpression } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';

/** What lowering one statement at the top of a text carries along. */
export interface Lowering {
  readonly chunk: Chunk;
  /** The row that the chunk starts on. */
  readonly row: number;
  /** Collects every name that occurs. */
  readonly names: Set<string>;
  /** Of the language: bodies of functions may stand inside expressions. */
  readonly statement: LowerStatement;
  depth: number;
}

/** Nesting beyond this is no code that people write, and would exhaust the stack. */
const deepest = 150;

/** Lowers one level further down; `fallback` where the nesting has no end. */
export function oneLevelDown<T>(lowering: Lowering, lower: () => T, fallback: T): T {
  if (lowering.depth >= deepest) return fallback;
  lowering.depth++;
  const lowered = lower();
  lowering.depth--;
  return lowered;
}

export function placeOf({ startPosition, endPosition }: SyntaxNode, { chunk, row }: Lowering): Place {
  return {
    chunk,
    range: {
      start: { line: startPosition.row - row, character: startPosition.column },
      end: { line: endPosition.row - row, character: endPosition.column },
    },
  };
}

export type LowerStatement = (node: SyntaxNode, lowering: Lowering) => readonly Statement[];

export type LowerExpression = (node: SyntaxNode, lowering: Lowering) => Expression;

/** The expression in a field; unknown where code that is being typed has none yet. */
export function inField(
  node: SyntaxNode,
  field: string,
  lowering: Lowering,
  lower: LowerExpression,
): Expression {
  const child = node.childForFieldName(field);
  return child === null ? unknownExpression : lower(child, lowering);
}

/** What has no counterpart: its parts still count, since they may make layers. */
export function unknownOf(node: SyntaxNode, lowering: Lowering, lower: LowerExpression): Expression {
  return { kind: 'unknown', parts: namedChildren(node).map((child) => lower(child, lowering)) };
}

/** A literal whose text is read by `read`. */
export const literal =
  (read: (text: string) => number | boolean | null): LowerExpression =>
  (node, lowering) => ({ kind: 'literal', value: read(node.text), place: placeOf(node, lowering) });

/** `null` where the text is no number. Separators and the suffix of JavaScript's big integers are no obstacle. */
export function parseNumber(text: string): number | null {
  const value = Number(text.replaceAll('_', '').replace(/n$/, ''));
  return Number.isNaN(value) ? null : value;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** The text behind a backslash, `\n` for instance; the character itself where it has no other meaning. */
export function unescape(sequence: string): string {
  const character = sequence.slice(1);
  return escapes[character] ?? character;
}
