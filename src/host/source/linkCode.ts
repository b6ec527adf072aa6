import * as vscode from 'vscode';
import { valueOf } from '../../protocol/failure';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { KeyValueStore } from '../modelMemory';
import type { Models } from '../models';
import type { Panels } from '../panels';
import { createCodeIndex, type LiveCodeIndex } from './createCodeIndex';
import { followCursor } from './followCursor';
import { openGrammars } from './grammars';
import { registerLayerHover } from './layerHover';
import { registerLayerLenses } from './layerLenses';
import { layerPreviews } from './layerPreviews';
import { modelSearch, sourceMemory } from './modelSearch';
import { sourceRevealer } from './revealSource';

export interface CodeLink extends vscode.Disposable {
  readonly index: LiveCodeIndex;
  /** Shows the line that defines a layer of the model at this path. */
  readonly revealSource: (model: string, layer: string) => Promise<void>;
}

interface Parts {
  readonly models: Models;
  /** Late: the panels' buttons lead to the code. */
  readonly panels: () => Panels;
  readonly engine: Peer<EngineContract>;
  readonly store: KeyValueStore;
  /** Folder of tree-sitter and its grammars. */
  readonly grammars: string;
  readonly showsLenses: (document: vscode.TextDocument) => boolean;
  readonly log: vscode.LogOutputChannel;
}

/** Models come and go with these files. */
const modelFiles = '**/{*.onnx,model.json,*.switchback.json}';

/** Puts what is known of a model beside the code that defines it: hovers, lenses, and the way to and from panels. */
export function linkCode({ models, panels, engine, store, grammars, showsLenses, log }: Parts): CodeLink {
  const memory = sourceMemory(store);
  const index = createCodeIndex({
    grammars: openGrammars(grammars),
    search: modelSearch({ models, memory, engine, log }),
    log,
  });
  const previews = layerPreviews(engine, models.assertMayOpen);
  const watcher = vscode.workspace.createFileSystemWatcher(modelFiles);
  let timer: NodeJS.Timeout | undefined;
  const searchSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => index.searchAgain(), 1000);
  };
  const subscriptions = vscode.Disposable.from(
    index,
    previews,
    watcher,
    watcher.onDidCreate(searchSoon),
    watcher.onDidChange(searchSoon),
    watcher.onDidDelete(searchSoon),
    new vscode.Disposable(() => clearTimeout(timer)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => index.searchAgain()),
    registerLayerHover(index, previews),
    registerLayerLenses(index, previews, showsLenses),
    followCursor(index, (model, layer) => panels().revealLayer(model, layer)),
  );
  return {
    index,
    revealSource: sourceRevealer({
      index,
      memory,
      declaredSource: async (model) => {
        models.assertMayOpen(model);
        return valueOf(await engine.call('openModel', { model })).source;
      },
    }),
    dispose: () => {
      subscriptions.dispose();
    },
  };
}
