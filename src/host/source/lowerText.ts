import { lowerProgram } from '../../core/source/lower/lowerProgram';
import { mendStatements } from '../../core/source/mendStatements';
import { endBrokenOff, mendJavaScript } from '../../core/source/mendJavaScript';
import { mendPython } from '../../core/source/mendPython';
import type { Program } from '../../core/source/program';
import { editBetween } from './editBetween';
import type { Grammar, Parse, Tree } from './grammars';

/** A text that was lowered, and what makes lowering it quick when it changes. */
export interface LoweredText {
  readonly program: Program;
  /** What stands for a broken text, and its tree, which belongs to the next text. */
  readonly mended: { readonly text: string; readonly tree: Tree } | null;
}

export interface ParsedText {
  readonly tree: Tree;
  readonly parse: Parse;
  readonly grammar: Grammar;
}

/** Lowers a text with its tree. A broken one is parsed once more as it may have been meant, from what was made of it `before`. */
export function lowerText(text: string, parsed: ParsedText, before?: LoweredText): LoweredText {
  const mended = parseMended(text, parsed, before?.mended ?? null);
  const language = parsed.grammar === 'python' ? 'python' : 'javascript';
  const { rootNode } = (mended ?? parsed).tree;
  return { program: lowerProgram(rootNode, language, before?.program), mended };
}

function parseMended(
  text: string,
  { tree, parse, grammar }: ParsedText,
  before: LoweredText['mended'],
): LoweredText['mended'] {
  const meant = grammar === 'python' ? meantPython(text, tree) : meantJavaScript(text, tree);
  if (meant === null) {
    before?.tree.delete();
    return null;
  }
  const base = before ?? { text, tree: tree.copy() };
  base.tree.edit(editBetween(base.text, meant));
  const mended = parse(meant, base.tree);
  base.tree.delete();
  if (mended?.rootNode.hasError === false) return { text: meant, tree: mended };
  mended?.delete();
  // Of what is still broken in JavaScript nothing is gained; in Python it is less, and its tree is no base for the next.
  const anew = grammar === 'python' ? parse(meant) : null;
  return anew && { text: meant, tree: anew };
}

/** `null` where the text itself is meant. */
function meantPython(text: string, { rootNode }: Tree): string | null {
  const closed = rootNode.hasError ? mendPython(text) : text;
  const meant = mendStatements(closed);
  return meant === text ? null : meant;
}

function meantJavaScript(text: string, { rootNode }: Tree): string | null {
  if (rootNode.hasError) return mendJavaScript(text);
  const meant = endBrokenOff(text);
  return meant === text ? null : meant;
}
