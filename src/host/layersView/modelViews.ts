import * as vscode from 'vscode';
import { sidecarPath } from '../../core/formats/sidecar';
import type { Engine } from '../engine';
import type { Models } from '../models';
import type { PanelObserver } from '../panel';
import { watchModels, watchMoreFiles } from '../watchFiles';
import { currentModel, type CurrentModel, type ModelState } from './currentModel';
import { registerLayersView, type LayersView } from './layersView';
import { registerStatusItem } from './statusItem';

/** The model in the side bar and in the status bar. */
export interface ModelViews extends LayersView {
  readonly current: CurrentModel;
  /** Makes the views follow the panels. */
  readonly observer: Pick<PanelObserver, 'shown' | 'recorded'>;
}

export function registerModelViews(models: Models, engine: Engine): ModelViews {
  const current = currentModel({
    settled: () => models.settled(undefined),
    open: async (model) => {
      models.assertMayOpen(model);
      return engine.peer.call('openModel', { model });
    },
  });
  const refresh = () => void current.refresh();
  // The model that is shown may lie outside of the workspace.
  const files = watchMoreFiles(refresh);
  current.onDidChange(() => files.add(filesOf(current.state())));
  const layersView = registerLayersView(current);
  const views = vscode.Disposable.from(layersView, registerStatusItem(current), watchModels(refresh), files);
  return {
    current,
    selectedLayer: layersView.selectedLayer,
    observer: {
      shown: ({ model, image }) => void current.show({ model, image }),
      recorded: current.recorded,
    },
    dispose: () => void views.dispose(),
  };
}

function filesOf(state: ModelState): readonly string[] {
  if (state.kind === 'none') return [];
  const { model } = state.shown;
  return [model, sidecarPath(model), ...furtherFiles(state)];
}

function furtherFiles(state: Exclude<ModelState, { kind: 'none' }>): readonly string[] {
  if (state.kind === 'opening') return [];
  return state.kind === 'open' ? state.summary.furtherFiles : (state.failure.files ?? []);
}
