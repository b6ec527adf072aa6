import * as vscode from 'vscode';

/** Where a file or the notebook of a cell is shown, or lies behind another tab; `undefined` where it is in no tab. */
export function columnOf({ scheme, path, fragment }: vscode.Uri): vscode.ViewColumn | undefined {
  const isIt = ({ uri }: { readonly uri: vscode.Uri }) =>
    uri.path === path && (uri.scheme === scheme || fragment !== '');
  const groups = vscode.window.tabGroups.all.filter(({ tabs }) =>
    tabs.some(({ input }) => isCode(input) && isIt(input)),
  );
  const inFront = groups.find(({ activeTab }) => isCode(activeTab?.input) && isIt(activeTab.input));
  return (inFront ?? groups[0])?.viewColumn;
}

/** Where code opens that is in no tab: beside panels, not over them. */
export function codeColumn(): vscode.ViewColumn {
  const shown = vscode.window.visibleTextEditors.find(({ viewColumn }) => viewColumn !== undefined);
  const free = vscode.window.tabGroups.all.find(
    ({ activeTab }) => !(activeTab?.input instanceof vscode.TabInputWebview),
  );
  return shown?.viewColumn ?? free?.viewColumn ?? vscode.ViewColumn.Beside;
}

function isCode(input: unknown): input is vscode.TabInputText | vscode.TabInputNotebook {
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook;
}
