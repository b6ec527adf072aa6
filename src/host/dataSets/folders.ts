import path from 'node:path';
import * as vscode from 'vscode';
import { indexExtensions } from '../names';
import { diskPath } from '../workspaceFiles';
import type { DataSetMemory } from './dataSetMemory';

/** The folder a command was called on in the Explorer, else asked for. `undefined` where the user dismissed the question. */
export async function folderFor(args: readonly unknown[], title: string): Promise<string | undefined> {
  const [clicked] = args;
  return clicked instanceof vscode.Uri ? diskPath(clicked) : askForFolder(title);
}

async function askForFolder(title: string, beside?: string): Promise<string | undefined> {
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

/** The index a command was called on in the Explorer, else asked for. `undefined` where the user dismissed the question. */
export async function indexFor(args: readonly unknown[]): Promise<string | undefined> {
  const [clicked] = args;
  if (clicked instanceof vscode.Uri) return diskPath(clicked);
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Index of top activations'),
      filters: {
        [vscode.l10n.t('Indexes')]: [...indexExtensions],
        [vscode.l10n.t('All files')]: ['*'],
      },
      ...(folder && { defaultUri: folder.uri }),
    })) ?? [];
  return chosen && diskPath(chosen);
}

/** A folder of pictures: one that was used before, that of the workspace, or another one. */
export async function askForPictures(
  { title, placeHolder, beside }: Question,
  memory: DataSetMemory,
): Promise<string | undefined> {
  const known = [...memory.opened('evolution'), ...memory.opened('topActivations')];
  const folders = known.map(({ pictures }) => pictures);
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (first) folders.push(first.uri.fsPath);
  const items = [...new Set(folders)].map((pictures) => ({
    label: path.basename(pictures),
    description: pictures,
    pictures,
  }));
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { readonly pictures?: string }>(
    [...items, { label: vscode.l10n.t('Browse…') }],
    { title, placeHolder },
  );
  return picked && (picked.pictures ?? askForFolder(title, path.dirname(beside)));
}

interface Question {
  readonly title: string;
  readonly placeHolder: string;
  /** Where the dialog starts: beside this file or folder. */
  readonly beside: string;
}
