import * as vscode from 'vscode';
import type { Engine } from '../engine';
import type { Models } from '../models';
import type { PanelObserver } from '../panel';
import { currentModel, type CurrentModel } from './currentModel';
import { registerLayersView } from './layersView';
import { registerStatusItem } from './statusItem';

/** The model in the side bar and in the status bar. */
export interface ModelViews extends vscode.Disposable {
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
  const views = vscode.Disposable.from(registerLayersView(current), registerStatusItem(current));
  return {
    current,
    observer: {
      shown: ({ model, image }) => void current.show({ model, image }),
      recorded: current.recorded,
    },
    dispose: () => void views.dispose(),
  };
}
