import * as vscode from 'vscode';
import { diskPath } from '../workspaceFiles';

/** The folder a command was called on in the Explorer, else asked for. `undefined` where the user dismissed the question. */
export async function folderFor(args: readonly unknown[], title: string): Promise<string | undefined> {
  const [clicked] = args;
  return clicked instanceof vscode.Uri ? diskPath(clicked) : askForFolder(title);
}

export async function askForFolder(title: string, beside?: string): Promise<string | undefined> {
  const start = beside ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Choose Folder'),
      canSelectFolders: true,
      canSelectFiles: false,
      ...(start !== undefined && { defaultUri: vscode.Uri.file(start) }),
    })) ?? [];
  return chosen && diskPath(chosen);
}
