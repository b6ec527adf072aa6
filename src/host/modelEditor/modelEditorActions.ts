import path from 'node:path';
import type * as vscode from 'vscode';
import type { Engine } from '../engine';
import { pickImages } from '../images';
import type { KeyValueStore } from '../modelMemory';
import type { Panels } from '../panels';
import { reportFailure } from '../reportFailure';
import { saveFile } from '../saveFile';
import type { ModelEditorActions } from './modelEditor';

interface Parts {
  readonly panels: Panels;
  readonly engine: Engine;
  readonly store: KeyValueStore;
  readonly log: vscode.LogOutputChannel;
}

export function modelEditorActions({ panels, engine, store, log }: Parts): ModelEditorActions {
  const visualize = async (model: string) => {
    const images = await pickImages();
    const [image] = images;
    if (image !== undefined) await panels.open('layers', { model, images, image });
  };
  return {
    visualize: async (model) => {
      await visualize(model).catch((error: unknown) => void reportFailure(error, log));
    },
    saveFile: (file, model) => saveFile({ ...file, folder: path.dirname(model), store }),
    // Another view may have started it already, and be at work.
    restartEngine: async () => (engine.pid() === undefined ? engine.restart() : undefined),
    showLog: () => log.show(),
  };
}
