import path from 'node:path';
import * as vscode from 'vscode';
import { untrustedModel } from '../core/errors';
import { isTfjsModel } from '../core/formats/tfjs/recognise';
import type { FoundModels, PassedOver } from './modelChoice';
import { chooseModel } from './modelChoice';
import type { ModelMemory } from './modelMemory';
import { tellPassedOver, tellSettingDecides } from './modelNotices';
import { askForModel } from './modelPicker';
import { modelExtensions, tfjsModelName } from './names';
import type { Settings } from './settings';
import { fileExists, findWorkspaceFiles, folderOf, headOf, namePatterns } from './workspaceFiles';

/** Finds the model for an image, asking where that is not settled. */
export interface Models {
  /** `undefined` where the user dismissed the question. */
  readonly forImage: (image: string) => Promise<string | undefined>;
  /** The model that images beside `beside` are visualized with, as long as that needs no question. */
  readonly settled: (beside: string | undefined) => Promise<string | undefined>;
  /** Asks, and remembers the answer for the folder of `beside`. Says so where the setting outweighs it. */
  readonly pick: (beside: string | undefined) => Promise<string | undefined>;
  /** Remembers a model for its folder, as if it had been picked. */
  readonly choose: (model: string) => Promise<void>;
  /** Whether the setting, and not the model that was picked, decides for images beside `beside`. */
  readonly settingDecides: (beside: string | undefined) => boolean;
  /** Models that may be opened: those of the folder of `beside`, else of the workspace, and the bundled one. */
  readonly around: (
    beside: string | undefined,
  ) => Promise<{ readonly found: readonly string[]; readonly bundled: string | undefined }>;
  readonly mayOpen: (model: string) => boolean;
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
    const model = await askForModel({ found, bundled: await existingBundled(), mayOpen });
    if (model === undefined) return undefined;
    assertMayOpen(model);
    await memory.remember(memoryKey(folder), model);
    return model;
  };

  const choose = async (folder: vscode.WorkspaceFolder | undefined) =>
    chooseModel({
      setting: settings(folder).model,
      folder: folder?.uri.fsPath,
      remembered: memory.recall(memoryKey(folder)),
      bundled: await existingBundled(),
      exists: fileExists,
      mayOpen,
      findModels: () => findModels(folder),
    });

  const forImage = async (image: string) => {
    const folder = folderOf(image);
    const choice = await choose(folder);
    for (const passedOver of choice.passedOver) tellOnce(passedOver);
    if (choice.kind === 'ask') return ask(choice.found, folder);
    log.info(`Model for ${image}: ${choice.model} (${choice.source})`);
    return choice.model;
  };

  const settingDecides = (beside: string | undefined) => settings(folderOf(beside)).model.trim() !== '';

  return {
    forImage,
    settled: async (beside) => {
      const choice = await choose(folderOf(beside));
      return choice.kind === 'use' ? choice.model : undefined;
    },
    settingDecides,
    pick: async (beside) => {
      const folder = folderOf(beside);
      const model = await ask(await findModels(folder), folder);
      if (model !== undefined && settingDecides(beside)) void tellSettingDecides();
      return model;
    },
    choose: async (model) => {
      assertMayOpen(model);
      await memory.remember(memoryKey(folderOf(model)), model);
      if (settingDecides(model)) void tellSettingDecides();
    },
    around: async (beside) => {
      const { models } = await findModels(folderOf(beside));
      return { found: models.filter(mayOpen), bundled: await existingBundled() };
    },
    mayOpen,
    assertMayOpen,
  };
}

function memoryKey(folder: vscode.WorkspaceFolder | undefined): string {
  return folder?.uri.toString() ?? '';
}

/** The models of the folder; of the whole workspace where it has none. */
async function findModels(folder: vscode.WorkspaceFolder | undefined): Promise<FoundModels> {
  const here = await findModelFiles(folder);
  const enough = folder === undefined || here.models.length > 0 || !here.complete;
  return enough ? here : findModelFiles();
}

/** Other programs call their files `model.json`, too: those that are no models are left out. */
async function findModelFiles(folder?: vscode.WorkspaceFolder): Promise<FoundModels> {
  const patterns = [...namePatterns(modelExtensions), tfjsModelName];
  const { paths, complete } = await findWorkspaceFiles(patterns, folder);
  const isModel = await Promise.all(
    paths.map(async (file) => path.basename(file) !== tfjsModelName || isTfjsModel(await headOf(file))),
  );
  return { models: paths.filter((_, i) => isModel[i]), complete };
}
