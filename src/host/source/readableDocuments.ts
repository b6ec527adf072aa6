import * as vscode from 'vscode';
import type { Grammar } from './grammars';

/** How the text of a document is read; `undefined` where it is no code that defines networks. */
export function formOf(document: vscode.TextDocument): Grammar | 'prototxt' | undefined {
  if (document.uri.path.toLowerCase().endsWith('.prototxt')) return 'prototxt';
  switch (document.languageId) {
    case 'python':
      return 'python';
    case 'javascript':
    case 'javascriptreact':
      return 'javascript';
    case 'typescript':
    case 'typescriptreact':
      return 'typescript';
    default:
      return undefined;
  }
}

/** Where hovers and lenses may be; documents of other schemes (differences, search results) hold no code of the user's. */
export const readableSelector: vscode.DocumentSelector = ['file', 'untitled', 'vscode-notebook-cell'].flatMap(
  (scheme) => [
    ...['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'].map((language) => ({
      scheme,
      language,
    })),
    { scheme, pattern: '**/*.prototxt' },
  ],
);

/** What is read together: a document, or all cells of code of a notebook, in order. */
export interface SourceUnit {
  readonly uri: vscode.Uri;
  readonly documents: readonly vscode.TextDocument[];
}

/** The unit that a document is part of; `undefined` where it is not read. */
export function unitOf(document: vscode.TextDocument): SourceUnit | undefined {
  if (vscode.languages.match(readableSelector, document) === 0) return undefined;
  if (document.uri.scheme !== 'vscode-notebook-cell') return { uri: document.uri, documents: [document] };
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.path === document.uri.path);
  if (!notebook) return undefined;
  const cells = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
  const documents = cells.map((cell) => cell.document).filter((cell) => formOf(cell) === 'python');
  return { uri: notebook.uri, documents };
}
