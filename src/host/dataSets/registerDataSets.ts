import path from 'node:path';
import * as vscode from 'vscode';
import type { Engine } from '../engine';
import type { KeyValueStore } from '../modelMemory';
import type { Models } from '../models';
import { dataSetPanelTypes } from '../names';
import type { Panels } from '../panels';
import { reportFailure } from '../reportFailure';
import type { ResultMemory } from '../resultMemory';
import { saveFile } from '../saveFile';
import type { CodeIndex } from '../codeIndex';
import { dataSetCommands, type DataSetCommands } from './dataSetCommands';
import { dataSetMemory } from './dataSetMemory';
import { dataSetPanels, type DataSetPanels } from './dataSetPanels';
import type { ScanQueue } from './scanQueue';
import { createTopIndexes, type TopIndexes } from './topIndexes';
import { createTopScans } from './topScans';

export interface DataSets extends vscode.Disposable {
  readonly panels: DataSetPanels;
  readonly commands: DataSetCommands;
  readonly indexes: TopIndexes;
}

interface Parts {
  readonly models: Models;
  readonly engine: Engine;
  readonly store: KeyValueStore;
  readonly results: ResultMemory;
  readonly queue: ScanQueue;
  /** A folder of the extension's own. */
  readonly storage: string;
  readonly assets: vscode.Uri;
  readonly icon: vscode.Uri;
  /** Late: both are made behind this. */
  readonly panels: () => Panels;
  readonly codeIndex: () => CodeIndex;
  readonly log: vscode.LogOutputChannel;
}

/** Top activations over folders of pictures, and checkpoints compared on them. */
export function registerDataSets(parts: Parts): DataSets {
  const { models, engine, store, results, queue, storage, assets, icon, panels, codeIndex, log } = parts;
  const memory = dataSetMemory(store);
  const indexes = createTopIndexes(path.join(storage, 'topActivations'), memory);
  const dataSets = dataSetPanels({
    assets,
    icon,
    engine,
    indexes,
    scans: createTopScans({ engine, indexes, queue }),
    featureStores: path.join(storage, 'features'),
    memory,
    results,
    log,
    columnBesideCode: (model) => panels().columnFor(model),
    assertMayOpen: models.assertMayOpen,
    actions: {
      openUnit: async (model, { image, layer, map, position }) => {
        try {
          models.assertMayOpen(model);
          await panels().open('layers', { model, images: [image], image });
          panels().revealLayer('layers', model, layer, { map, position });
        } catch (error) {
          void reportFailure(error, log);
        }
      },
      saveFile: (file, folder) => saveFile({ ...file, folder, store }),
      // Another view may have started it already, and be at work.
      restartEngine: async () => (engine.pid() === undefined ? engine.restart() : undefined),
      showLog: () => log.show(),
    },
  });
  const serializers = Object.values(dataSetPanelTypes).map((type) =>
    vscode.window.registerWebviewPanelSerializer(type, dataSets),
  );
  return {
    panels: dataSets,
    commands: dataSetCommands({ models, dataSets, indexes, memory, queue, codeIndex }),
    indexes,
    dispose: () => {
      vscode.Disposable.from(dataSets, indexes, ...serializers).dispose();
    },
  };
}
