import type * as vscode from 'vscode';
import type { SourceReading } from '../../core/source/definition';
import type { Program } from '../../core/source/program';
import { readPrototxt } from '../../core/source/prototxt/read';
import type { Interpretation } from '../../core/source/interpret/findModels';
import { readAgain } from '../../core/source/readPrograms';
import type { Grammar, Parse, Tree } from './grammars';
import { lowerText, type LoweredText } from './lowerText';
import { formOf, type SourceUnit } from './readableDocuments';

/** Longer texts are data, not code: they would take seconds to parse. */
const mostCharacters = 2_000_000;

/** Reads documents, and keeps of each what makes the next reading quick. */
export interface DocumentReader {
  /** Notes a change, so that only what changed is parsed again. */
  readonly edit: (change: vscode.TextDocumentChangeEvent) => void;
  /** One reading for each document of a unit. */
  readonly read: (unit: SourceUnit) => Promise<readonly SourceReading[]>;
  readonly forget: (document: vscode.TextDocument) => void;
}

interface Kept extends LoweredText {
  readonly tree: Tree;
  /** Of the document that the program was lowered from. */
  readonly version: number;
}

const nothing: SourceReading = { models: [], definitions: [] };

export function documentReader(grammars: (grammar: Grammar) => Promise<Parse>): DocumentReader {
  const kept = new Map<vscode.TextDocument, Kept>();
  /** What units were found to make, by their first documents. */
  const interpretations = new WeakMap<vscode.TextDocument, Interpretation>();

  const programOf = async (document: vscode.TextDocument, grammar: Grammar): Promise<Program> => {
    const parse = await grammars(grammar);
    // From here on in one turn: a change that comes in between would not fit the tree.
    const before = kept.get(document);
    const { version } = document;
    if (before?.version === version) return before.program;
    const text = document.getText();
    const tree = text.length > mostCharacters ? null : parse(text, before?.tree);
    before?.tree.delete();
    kept.delete(document);
    if (tree === null) {
      before?.mended?.tree.delete();
      return { language: grammar === 'python' ? 'python' : 'javascript', chunks: [] };
    }
    const lowered = lowerText(text, { tree, parse, grammar }, before);
    kept.set(document, { ...lowered, tree, version });
    return lowered.program;
  };

  return {
    edit: ({ document, contentChanges }) => {
      const tree = kept.get(document)?.tree;
      if (tree) for (const change of contentChanges) tree.edit(editOf(change));
    },
    read: async ({ documents }) => {
      const [first] = documents;
      const form = first && formOf(first);
      if (first === undefined || form === undefined) return documents.map(() => nothing);
      if (form === 'prototxt') return documents.map((document) => readPrototxt(document.getText()));
      const programs: Program[] = [];
      for (const document of documents) programs.push(await programOf(document, form));
      const { readings, interpretation } = readAgain(programs, interpretations.get(first));
      interpretations.set(first, interpretation);
      return readings;
    },
    forget: (document) => {
      const forgotten = kept.get(document);
      forgotten?.tree.delete();
      forgotten?.mended?.tree.delete();
      kept.delete(document);
    },
  };
}

/** Changes of one event apply one after another, from the end of the document to its start, so their old places hold. */
function editOf({ range, rangeOffset, rangeLength, text }: vscode.TextDocumentContentChangeEvent) {
  const lines = text.split('\n');
  const last = lines.at(-1)!.length;
  const row = range.start.line + lines.length - 1;
  return {
    startIndex: rangeOffset,
    oldEndIndex: rangeOffset + rangeLength,
    newEndIndex: rangeOffset + text.length,
    startPosition: { row: range.start.line, column: range.start.character },
    oldEndPosition: { row: range.end.line, column: range.end.character },
    newEndPosition: { row, column: lines.length === 1 ? range.start.character + last : last },
  };
}
