import * as vscode from 'vscode';
import { sidecarPath } from '../../core/formats/sidecar';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { ReadConfiguration } from '../configuration';
import { furtherFilesOf } from '../furtherFiles';
import type { KeyValueStore } from '../modelMemory';
import type { Models } from '../models';
import type { PanelObserver } from '../panel';
import type { TopIndexes } from '../dataSets/topIndexes';
import type { Panels } from '../panels';
import { registerProblems } from '../problems/registerProblems';
import { besideCode } from './besideCode';
import { watchModels, watchMoreFiles } from '../watchFiles';
import { fileExists } from '../workspaceFiles';
import { createCodeIndex, type LiveCodeIndex } from './createCodeIndex';
import { followCursor } from './followCursor';
import { openGrammars } from './grammars';
import { registerLayerHover } from './hoverProvider';
import type { LayerActivities } from './layerActivity';
import { findCard } from './layerCard';
import { registerLayerLenses } from './layerLenses';
import { layerPreviews } from './layerPreviews';
import { registerLayerThumbnails } from './layerThumbnails';
import { modelSearch, sourceMemory } from './modelSearch';
import { pinnedLayers } from './pinnedLayers';
import { topPreviews } from './topPreviews';
import { sourceRevealer } from './revealSource';

export interface CodeLink extends vscode.Disposable {
  readonly index: LiveCodeIndex;
  /** Keeps the preview of a layer, as it is now, in a tab of pins. */
  readonly pinLayer: (model: string, layer: string) => Promise<void>;
  /** Makes what is said about the code follow the panels. */
  readonly observer: Omit<PanelObserver, 'projected'>;
  /** Shows the line that defines a layer of the model at this path. */
  readonly revealSource: (model: string, layer: string) => Promise<void>;
  /** The column in which a panel about a model opens: beside the file that defines it, which is shown. */
  readonly besideCode: (model: string) => Promise<vscode.ViewColumn>;
}

interface Parts {
  readonly models: Models;
  /** Late: the panels' buttons lead to the code. */
  readonly panels: () => Panels;
  readonly engine: Peer<EngineContract>;
  readonly store: KeyValueStore;
  /** Folder of tree-sitter and its grammars. */
  readonly grammars: string;
  readonly activity: LayerActivities;
  readonly topIndexes: TopIndexes;
  /** Path of the model that comes with the extension. */
  readonly bundled: string;
  readonly settings: ReadConfiguration;
  readonly log: vscode.LogOutputChannel;
}

/** Puts what is known of a model beside the code that defines it: hovers, lenses, problems, and the way to and from panels. */
export function linkCode(parts: Parts): CodeLink {
  const { models, panels, engine, activity, topIndexes, store, grammars, bundled, settings, log } = parts;
  const memory = sourceMemory(store);
  const beside = watchMoreFiles(() => index.searchAgain());
  const index = createCodeIndex({
    grammars: openGrammars(grammars),
    search: modelSearch({
      models,
      memory,
      engine,
      log,
      opened: (opening) => beside.add(furtherFilesOf(opening)),
    }),
    log,
  });
  const { assertMayOpen } = models;
  const previews = layerPreviews(engine, assertMayOpen);
  const top = topPreviews(engine, topIndexes, assertMayOpen);
  const knowledge = { index, previews, activity, top };
  const pinned = pinnedLayers();
  const problems = registerProblems({ index, engine, assertMayOpen, bundled, settings, log });
  const subscriptions = vscode.Disposable.from(
    index,
    previews,
    top,
    problems,
    watchModels(() => index.searchAgain()),
    beside,
    vscode.workspace.onDidGrantWorkspaceTrust(() => index.searchAgain()),
    pinned,
    registerLayerHover(knowledge, topIndexes),
    registerLayerLenses(index, { previews, top, topIndexes, isOn: ({ uri }) => settings(uri).codeLens }),
    registerLayerThumbnails(knowledge, ({ uri }) => settings(uri).gutterThumbnails),
    followCursor(index, (model, layer) => panels().revealLayer('layers', model, layer)),
  );
  const declaredSource = async (model: string) => {
    if (!models.mayOpen(model) || !(await fileExists(sidecarPath(model)))) return null;
    const outcome = await engine.call('declaredSource', { model });
    // What is wrong with a sidecar is said where the model is opened.
    return outcome.ok ? outcome.value : null;
  };
  const canOpen = async (model: string) =>
    models.mayOpen(model) && (await engine.call('openModel', { model })).ok;
  const revealer = sourceRevealer({ index, memory, declaredSource });
  return {
    index,
    observer: problems.observer,
    pinLayer: async (model, layer) => {
      const card = await findCard(model, layer, knowledge);
      if (card) pinned.pin(card);
    },
    revealSource: revealer.reveal,
    besideCode: besideCode({
      index,
      memory,
      store,
      declaredSource,
      canOpen,
      find: revealer.find,
      bundled,
      log,
    }),
    dispose: () => {
      subscriptions.dispose();
    },
  };
}
