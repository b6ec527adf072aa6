import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandTable } from './commands';
import { createSidecar } from './createSidecar';
import type { DataSetCommands } from './dataSets/dataSetCommands';
import type { Engine } from './engine';
import { activeImage, imagesOf, pickImages } from './images';
import type { Panel, PanelActions } from './panel';
import type { Panels } from './panels';
import type { PanelName, PanelSubject } from '../protocol/panelContract';
import type { CurrentModel } from './layersView/currentModel';
import { isLayerRow, type LayersView } from './layersView/layersView';
import type { ModelEditors } from './modelEditor/modelEditors';
import type { KeyValueStore } from './modelMemory';
import type { Models } from './models';
import { isModelFileName, walkthroughId } from './names';
import { chooseParts, pictureSet } from './pictureSet';
import { problemCommands } from './problems/problemCommands';
import { reportFailure } from './reportFailure';
import type { CodeLink } from './source/linkCode';
import { layerAtCursor, showLayer, shownLayer, type ShownLayer } from './source/showLayer';
import { saveFile } from './saveFile';
import { diskPath } from './workspaceFiles';

interface Parts {
  readonly models: Models;
  readonly panels: Panels;
  readonly engine: Engine;
  readonly downloadModel: () => Promise<void>;
  readonly current: CurrentModel;
  readonly selectedLayer: LayersView['selectedLayer'];
  readonly modelEditors: ModelEditors;
  readonly code: CodeLink;
  readonly extension: vscode.Extension<unknown>;
  readonly log: vscode.LogOutputChannel;
}

export function panelCommands(parts: Parts): Omit<CommandTable, keyof DataSetCommands> {
  const { models, panels, engine, current, code, downloadModel, extension, log } = parts;
  const openFor = async (name: PanelName, args: readonly unknown[]) => {
    const active = panels.active();
    const shown = active?.name === name ? undefined : active?.subject;
    const subject = await chosenSubject(args, shown, models);
    if (!subject) return;
    models.assertMayOpen(subject.model);
    await panels.open(name, subject);
  };
  const withLayer = async (args: readonly unknown[], act: (shown: ShownLayer) => Promise<void>) => {
    const shown = args.length > 0 ? shownLayer(code.index, args) : layerAtCursor(code.index);
    if (!shown) {
      void vscode.window.showInformationMessage(vscode.l10n.t('No layer of a model is defined here.'));
      return;
    }
    models.assertMayOpen(shown.model);
    await act(shown);
  };
  const openForSet = async (name: PanelName, args: readonly unknown[]) => {
    const active = panels.active()?.subject;
    const set = await pictureSet(args, active?.image);
    if (!set) return;
    const shown = active?.image === set.image ? active.model : undefined;
    const model = shown ?? (await models.forImage(set.image));
    if (model === undefined) return;
    models.assertMayOpen(model);
    await panels.open(name, { ...set, model });
  };
  return {
    ...problemCommands(extension),
    'switchback.visualizeLayers': (...args) => openFor('layers', args),
    'switchback.occlusionSweep': (...args) => openFor('occlusion', args),
    'switchback.featureInvariance': (...args) => openFor('invariance', args),
    'switchback.lesion': (...args) => openFor('lesion', args),
    'switchback.annotateParts': (...args) => openForSet('parts', args),
    'switchback.correspondence': (...args) => openForSet('correspondence', args),
    'switchback.showLayer': (...args) => withLayer(args, (shown) => showLayer(shown, panels)),
    'switchback.pinLayer': (...args) => withLayer(args, ({ model, layer }) => code.pinLayer(model, layer)),
    'switchback.chooseModel': async () => {
      const panel = panels.active();
      if (panel) return chooseModelFor(panel, models, panels);
      const beside = activeImage() ?? vscode.window.activeTextEditor?.document.uri.fsPath;
      const model = await models.pick(beside);
      if (model === undefined || models.settingDecides(beside)) return;
      void current.show({ model, image: undefined });
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Layers are visualized with {0} from now on.', path.basename(model)),
      );
    },
    'switchback.downloadModel': downloadModel,
    'switchback.chooseImage': async () => {
      const images = (await pickImages()).map((image) => vscode.Uri.file(image));
      if (images.length > 0) await openFor('layers', [images[0], images]);
    },
    'switchback.showFilters': (...args) => showFilters(args, parts),
    'switchback.showFiltersOfLayer': async () => {
      const row = await parts.selectedLayer();
      if (row) await parts.modelEditors.openLayer(row.model, row.layer.label);
    },
    'switchback.createSidecar': async (...args) => {
      const model = modelOf(args) ?? panels.active()?.subject.model ?? (await models.pick(undefined));
      if (model !== undefined) await createTrustedSidecar(model, models, engine);
    },
    'switchback.restartEngine': async () => {
      await engine.restart();
      panels.showAgain();
    },
    'switchback.showLog': async () => log.show(),
    'switchback.openWalkthrough': async () => {
      const walkthrough = `${extension.id}#${walkthroughId}`;
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
    },
    'switchback.explainProjections': async () => {
      const page = vscode.Uri.joinPath(extension.extensionUri, 'media', 'walkthrough', 'projections.md');
      await vscode.commands.executeCommand('markdown.showPreview', page);
    },
  };
}

interface ActionParts extends Pick<Parts, 'models' | 'engine' | 'log'> {
  /** Late: code leads to the panels, too. */
  readonly revealSource: (model: string, layer: string) => Promise<void>;
  /** Late: the panels' buttons need the panels. */
  readonly panels: () => Panels;
  readonly store: KeyValueStore;
}

export function panelActions({
  models,
  panels,
  engine,
  revealSource,
  log,
  store,
}: ActionParts): PanelActions {
  const reporting = async (action: Promise<void>) => {
    await action.catch((error: unknown) => void reportFailure(error, log));
  };
  return {
    chooseModel: (panel) => reporting(chooseModelFor(panel, models, panels())),
    chooseImage: (panel) => reporting(chooseImageFor(panel, panels())),
    writeSidecar: (model) => reporting(createTrustedSidecar(model, models, engine)),
    chooseParts,
    openPanel: (name, subject) => panels().open(name, subject),
    revealSource: (model, layer) => reporting(revealSource(model, layer)),
    saveFile: (file, { image }) => saveFile({ ...file, folder: path.dirname(image), store }),
    // Another panel may have started it already, and be at work.
    restartEngine: async () => (engine.pid() === undefined ? engine.restart() : undefined),
    showLog: () => log.show(),
  };
}

async function chooseModelFor(panel: Panel, models: Models, panels: Panels): Promise<void> {
  const model = await models.pick(panel.subject.image);
  if (model !== undefined) panels.show(panel, { ...panel.subject, model });
}

async function chooseImageFor(panel: Panel, panels: Panels): Promise<void> {
  const images = await pickImages();
  const [image] = images;
  if (image !== undefined) panels.show(panel, { model: panel.subject.model, images, image });
}

/** The layer of the view it was called on, the model file it was called on, or the model that is in front. */
async function showFilters(
  args: readonly unknown[],
  { models, current, modelEditors }: Parts,
): Promise<void> {
  const [row] = args;
  if (isLayerRow(row)) return modelEditors.openLayer(row.model, row.layer.label);
  const state = current.state();
  const shown = state.kind === 'none' ? undefined : state.shown.model;
  const model = modelOf(args) ?? shown ?? (await models.pick(undefined));
  if (model !== undefined) await modelEditors.open(model);
}

async function createTrustedSidecar(model: string, models: Models, engine: Engine): Promise<void> {
  models.assertMayOpen(model);
  await createSidecar(model, engine);
}

/**
 * What a command shows: the images it was called on, or what another panel shows that is active, or the image in the
 * active editor, or what the user then chooses. `undefined` where the user dismissed a question.
 */
async function chosenSubject(
  args: readonly unknown[],
  shown: PanelSubject | undefined,
  models: Models,
): Promise<PanelSubject | undefined> {
  if (shown && imagesOf(args).length === 0) return shown;
  const images = await chosenImages(args);
  const [image] = images;
  if (image === undefined) return undefined;
  const model = await models.forImage(image);
  return model === undefined ? undefined : { model, images, image };
}

/** The images a command is about: those it was called on, else the one in the active editor, else asked for. */
async function chosenImages(args: readonly unknown[]): Promise<readonly string[]> {
  const given = imagesOf(args);
  if (given.length > 0) return given;
  const active = activeImage();
  return active === undefined ? pickImages() : [active];
}

/** The model file a command was called on in the Explorer. */
function modelOf([clicked]: readonly unknown[]): string | undefined {
  return clicked instanceof vscode.Uri && isModelFileName(clicked.path) ? diskPath(clicked) : undefined;
}
