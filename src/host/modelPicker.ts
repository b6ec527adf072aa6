import path from 'node:path';
import * as vscode from 'vscode';
import { formatBytes } from './formatBytes';
import type { FoundModels } from './modelChoice';
import { foreignModelExtensions, modelExtensions } from './names';
import { diskPath, fileSize, shownFolder } from './workspaceFiles';

interface ModelItem extends vscode.QuickPickItem {
  /** `undefined` opens the file dialog. */
  readonly model?: string;
}

export interface ModelQuestion {
  readonly found: FoundModels;
  readonly bundled: string | undefined;
  /** Models that may not be opened are listed with the reason. */
  readonly mayOpen: (model: string) => boolean;
}

/** Asks for a model of the workspace, the bundled one or any from disk; `undefined` where dismissed. */
export async function askForModel({ found, bundled, mayOpen }: ModelQuestion): Promise<string | undefined> {
  const models = await Promise.all(found.models.map((model) => modelItem(model, mayOpen)));
  const items = [...models, ...bundledItems(bundled), browseItem()];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Model whose layers are visualized'),
    placeHolder: found.complete
      ? vscode.l10n.t('Choose a model; the choice is remembered for this workspace')
      : vscode.l10n.t('The workspace has more files than were searched: Browse… reaches every model'),
    matchOnDescription: true,
  });
  return picked && (picked.model ?? browseForModel());
}

async function modelItem(model: string, mayOpen: ModelQuestion['mayOpen']): Promise<ModelItem> {
  const size = await fileSize(model);
  const notes = [
    ...(size === undefined ? [] : [formatBytes(size)]),
    ...(mayOpen(model) ? [] : [vscode.l10n.t('only in a trusted workspace')]),
  ];
  return {
    label: path.basename(model),
    description: shownFolder(model),
    detail: notes.join(' · '),
    iconPath: new vscode.ThemeIcon('layers'),
    model,
  };
}

function bundledItems(bundled: string | undefined): readonly ModelItem[] {
  if (bundled === undefined) return [];
  return [
    {
      label: vscode.l10n.t('ZFNet (bundled)'),
      description: vscode.l10n.t('trained on Caltech-101'),
      iconPath: new vscode.ThemeIcon('package'),
      model: bundled,
    },
  ];
}

function browseItem(): ModelItem {
  return { label: vscode.l10n.t('Browse…'), iconPath: new vscode.ThemeIcon('folder-opened') };
}

async function browseForModel(): Promise<string | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Model whose layers are visualized'),
      filters: {
        [vscode.l10n.t('Models (ONNX, TensorFlow.js)')]: [...modelExtensions, 'json'],
        [vscode.l10n.t('Models to export first (Keras, PyTorch, TensorFlow Lite)')]: [
          ...foreignModelExtensions,
        ],
      },
    })) ?? [];
  return uri && diskPath(uri);
}
