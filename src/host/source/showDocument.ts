import * as vscode from 'vscode';
import { codeColumn, columnOf } from './codeColumns';

/** Shows a file where it is shown already, or lies behind another tab, so that no second editor opens; of a cell, its notebook. */
export async function showDocument(
  uri: vscode.Uri,
  options: { readonly preserveFocus?: boolean; readonly at?: vscode.Range } = {},
): Promise<vscode.TextEditor | undefined> {
  const { preserveFocus = false, at } = options;
  const viewColumn = columnOf(uri) ?? codeColumn();
  const notebook = notebookOf(uri);
  if (!notebook) {
    const selection = at && new vscode.Range(at.start, at.start);
    return vscode.window.showTextDocument(uri, {
      viewColumn,
      preserveFocus,
      preview: false,
      ...(selection && { selection }),
    });
  }
  const cell = notebook.getCells().findIndex(({ document }) => document.uri.toString() === uri.toString());
  await vscode.window.showNotebookDocument(notebook, {
    viewColumn,
    preserveFocus,
    preview: false,
    ...(cell >= 0 && { selections: [new vscode.NotebookRange(cell, cell + 1)] }),
  });
  return vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
}

function notebookOf({ scheme, path }: vscode.Uri): vscode.NotebookDocument | undefined {
  const isNotebook = scheme === 'vscode-notebook-cell' || path.endsWith('.ipynb');
  return isNotebook ? vscode.workspace.notebookDocuments.find(({ uri }) => uri.path === path) : undefined;
}
