import path from 'node:path';
import * as vscode from 'vscode';
import type { ZooModel } from '../download/modelZoo';
import { modelZoo } from '../download/modelZoo';
import { formatBytes } from './formatBytes';
import { diskPath } from './workspaceFiles';

/** Asks for a model of the zoo; `undefined` where dismissed. */
export async function askForZooModel(server: string): Promise<ZooModel | undefined> {
  const items = modelZoo.map((model) => ({
    label: model.name,
    description: formatBytes(model.bytes),
    detail: path.posix.basename(model.path),
    iconPath: new vscode.ThemeIcon('cloud-download'),
    model,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Model of the ONNX Model Zoo to download'),
    placeHolder: vscode.l10n.t('Trained on ImageNet; the file comes from {0}', server),
    matchOnDetail: true,
  });
  return picked?.model;
}

/** Asks for the folder to save a model in: one of the workspace where its models may be opened, or any other. */
export async function askForFolder(model: ZooModel): Promise<string | undefined> {
  // Whatever is saved there stays closed until the workspace is trusted.
  const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
  const inWorkspace = folders.filter(({ uri }) => uri.scheme === 'file');
  if (inWorkspace.length === 0) return browseForFolder();
  const items = [
    ...inWorkspace.map(({ name, uri }) => ({
      label: name,
      description: uri.fsPath,
      iconPath: vscode.ThemeIcon.Folder,
      folder: uri.fsPath,
    })),
    {
      label: vscode.l10n.t('Another Folder…'),
      iconPath: new vscode.ThemeIcon('folder-opened'),
      folder: null,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Where to save {0}', model.name),
  });
  return picked && (picked.folder ?? browseForFolder());
}

async function browseForFolder(): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Folder for the model'),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t('Save Here'),
    })) ?? [];
  return uri && diskPath(uri);
}
