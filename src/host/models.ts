import path from 'node:path';
import * as vscode from 'vscode';
import { untrustedModel } from '../core/errors';
import { formatBytes } from './formatBytes';
import type { FoundModels, PassedOver } from './modelChoice';
import { chooseModel } from './modelChoice';
import type { ModelMemory } from './modelMemory';
import { modelExtensions } from './names';
import { manageTrust } from './reportFailure';
import type { Settings } from './settings';
import { diskPath, fileExists, fileSize, findWorkspaceFiles, folderOf, shownFolder } from './workspaceFiles';

/** Finds the model for an image, asking where that is not settled. */
export interface Models {
  /** `undefined` where the user dismissed the question. */
  readonly forImage: (image: string) => Promise<string | undefined>;
  /** Asks, and remembers the answer for the folder of `beside`. Says so where the setting outweighs it. */
  readonly pick: (beside: string | undefined) => Promise<string | undefined>;
  /** Whether the setting, and not the model that was picked, decides for images beside `beside`. */
  readonly settingDecides: (beside: string | undefined) => boolean;
  /** Throws where a model belongs to a workspace that is not trusted. */
  readonly assertMayOpen: (model: string) => void;
}

export interface ModelsOptions {
  /** Where the bundled model is, if this build has one. */
  readonly bundled: string;
  readonly memory: ModelMemory;
  readonly settings: (folder: vscode.WorkspaceFolder | undefined) => Settings;
  readonly log: vscode.LogOutputChannel;
}

export function createModels({ bundled, memory, settings, log }: ModelsOptions): Models {
  const mayOpen = (model: string) =>
    vscode.workspace.isTrusted ||
    model === bundled ||
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model)) === undefined;
  const assertMayOpen = (model: string) => {
    if (!mayOpen(model)) throw untrustedModel(path.basename(model));
  };
  const existingBundled = async () => ((await fileExists(bundled)) ? bundled : undefined);

  const told = new Set<string>();
  const tellOnce = (passedOver: PassedOver) => {
    const { source, model, reason } = passedOver;
    const key = reason === 'untrusted' ? reason : `${source} ${model} ${reason}`;
    if (told.has(key)) return;
    told.add(key);
    log.warn(`Model passed over: ${model} (${source}, ${reason})`);
    void tellPassedOver(passedOver);
  };

  const ask = async (found: FoundModels, folder: vscode.WorkspaceFolder | undefined) => {
    const model = await askForModel(found, await existingBundled());
    if (model === undefined) return undefined;
    assertMayOpen(model);
    await memory.remember(memoryKey(folder), model);
    return model;
  };

  const forImage = async (image: string) => {
    const folder = folderOf(image);
    const choice = await chooseModel({
      setting: settings(folder).model,
      folder: folder?.uri.fsPath,
      remembered: memory.recall(memoryKey(folder)),
      bundled: await existingBundled(),
      exists: fileExists,
      mayOpen,
      findModels: () => findModels(folder),
    });
    for (const passedOver of choice.passedOver) tellOnce(passedOver);
    if (choice.kind === 'ask') return ask(choice.found, folder);
    log.info(`Model for ${image}: ${choice.model} (${choice.source})`);
    return choice.model;
  };

  const settingDecides = (beside: string | undefined) => settings(folderOf(beside)).model.trim() !== '';

  return {
    forImage,
    settingDecides,
    pick: async (beside) => {
      const folder = folderOf(beside);
      const model = await ask(await findModels(folder), folder);
      if (model !== undefined && settingDecides(beside)) void tellSettingDecides();
      return model;
    },
    assertMayOpen,
  };
}

function memoryKey(folder: vscode.WorkspaceFolder | undefined): string {
  return folder?.uri.toString() ?? '';
}

/** The models of the folder; of the whole workspace where it has none. */
async function findModels(folder: vscode.WorkspaceFolder | undefined): Promise<FoundModels> {
  const here = await findWorkspaceFiles(modelExtensions, folder);
  const enough = folder === undefined || here.paths.length > 0 || !here.complete;
  const { paths, complete } = enough ? here : await findWorkspaceFiles(modelExtensions);
  return { models: paths, complete };
}

interface ModelItem extends vscode.QuickPickItem {
  /** `undefined` opens the file dialog. */
  readonly model?: string;
}

async function askForModel(found: FoundModels, bundled: string | undefined): Promise<string | undefined> {
  const items = [...(await Promise.all(found.models.map(modelItem))), ...bundledItems(bundled), browseItem()];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Model whose layers are visualized'),
    placeHolder: found.complete
      ? vscode.l10n.t('Choose a model; the choice is remembered for this workspace')
      : vscode.l10n.t('The workspace has more files than were searched: Browse… reaches every model'),
    matchOnDescription: true,
  });
  return picked && (picked.model ?? browseForModel());
}

async function modelItem(model: string): Promise<ModelItem> {
  const size = await fileSize(model);
  return {
    label: path.basename(model),
    description: shownFolder(model),
    detail: size === undefined ? '' : formatBytes(size),
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
      filters: { [vscode.l10n.t('ONNX models')]: [...modelExtensions] },
    })) ?? [];
  return uri && diskPath(uri);
}

/** What the user had chosen is not used: say so, without standing in the way. */
async function tellPassedOver({ source, model, reason }: PassedOver): Promise<void> {
  switch (reason) {
    case 'untrusted':
      return offerTrust();
    case 'no-folder':
      await vscode.window.showWarningMessage(
        vscode.l10n.t('The setting switchback.model is relative, but no folder is open to start from.'),
      );
      return;
    case 'missing':
      await vscode.window.showWarningMessage(
        source === 'setting'
          ? vscode.l10n.t('The model of the setting switchback.model does not exist: {0}', model)
          : vscode.l10n.t('The model used before no longer exists: {0}', model),
      );
  }
}

async function tellSettingDecides(): Promise<void> {
  const openSettings = vscode.l10n.t('Open Settings');
  const message = vscode.l10n.t('The setting switchback.model still decides for the images opened next.');
  if ((await vscode.window.showInformationMessage(message, openSettings)) === openSettings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'switchback.model');
  }
}

async function offerTrust(): Promise<void> {
  const { title, command } = manageTrust();
  const message = vscode.l10n.t(
    'This workspace is not trusted: its models stay closed, because native code would read them.',
  );
  if ((await vscode.window.showWarningMessage(message, title)) === title) {
    await vscode.commands.executeCommand(command);
  }
}
