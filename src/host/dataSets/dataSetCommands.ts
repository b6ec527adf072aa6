import path from 'node:path';
import * as vscode from 'vscode';
import type { DataSetSubject } from '../../protocol/dataSetContract';
import type { CodeIndex } from '../codeIndex';
import type { CommandTable } from '../commands';
import { isLayerRow } from '../layersView/layersView';
import type { Models } from '../models';
import { layerAtCursor, shownLayer } from '../source/showLayer';
import { askForPassword } from './askForPassword';
import type { DataSetMemory } from './dataSetMemory';
import type { DataSetPanels } from './dataSetPanels';
import { askForPictures, folderFor, indexFor } from './folders';
import type { ScanQueue } from './scanQueue';
import type { TopIndexes } from './topIndexes';

export interface DataSetCommandParts {
  readonly models: Models;
  readonly dataSets: DataSetPanels;
  readonly indexes: TopIndexes;
  readonly memory: DataSetMemory;
  readonly queue: ScanQueue;
  readonly codeIndex: () => CodeIndex;
}

export type DataSetCommands = Pick<
  CommandTable,
  | 'switchback.findTopActivations'
  | 'switchback.openTopIndex'
  | 'switchback.compareCheckpoints'
  | 'switchback.rateFeatures'
  | 'switchback.showTopActivations'
  | 'switchback.setQueuePassword'
>;

export function dataSetCommands(parts: DataSetCommandParts): DataSetCommands {
  const { models, dataSets, indexes, codeIndex } = parts;
  return {
    'switchback.findTopActivations': async (...args) => {
      const pictures = await folderFor(args, vscode.l10n.t('Folder of pictures'));
      if (pictures === undefined) return;
      const model = await models.forImage(pictures);
      if (model === undefined) return;
      models.assertMayOpen(model);
      dataSets.open('topActivations', { model, pictures });
    },
    'switchback.openTopIndex': async (...args) => {
      const index = await indexFor(args);
      if (index === undefined) return;
      const model = await models.forImage(index);
      if (model === undefined) return;
      models.assertMayOpen(model);
      const pictures = await askForPictures(
        {
          title: vscode.l10n.t('Folder of pictures that {0} was made from', path.basename(index)),
          placeHolder: vscode.l10n.t('The index names its pictures as they lie in this folder'),
          beside: index,
        },
        parts.memory,
      );
      if (pictures !== undefined) dataSets.open('topActivations', { model, pictures, index });
    },
    'switchback.compareCheckpoints': async (...args) => {
      const folder = await folderFor(args, vscode.l10n.t('Folder of checkpoints'));
      if (folder === undefined) return;
      models.assertMayOpen(folder);
      const pictures = await askForPictures(
        {
          title: vscode.l10n.t('Folder of pictures to compare the checkpoints on'),
          placeHolder: vscode.l10n.t('The strongest activations are looked for in these pictures'),
          beside: folder,
        },
        parts.memory,
      );
      if (pictures !== undefined) dataSets.open('evolution', { model: folder, pictures });
    },
    'switchback.rateFeatures': async (...args) => {
      const pictures = await folderFor(
        args,
        vscode.l10n.t('Folder with a folder of pictures for each class'),
      );
      if (pictures === undefined) return;
      const model = await models.forImage(pictures);
      if (model === undefined) return;
      models.assertMayOpen(model);
      dataSets.open('features', { model, pictures });
    },
    'switchback.setQueuePassword': () => askForPassword(parts.queue),
    'switchback.showTopActivations': async (...args) => {
      const shown = layerOfRow(args) ?? layerOfCode(codeIndex(), args);
      if (!shown) {
        void vscode.window.showInformationMessage(vscode.l10n.t('No layer of a model is defined here.'));
        return;
      }
      const { model, layer } = shown;
      models.assertMayOpen(model);
      const scanned = indexes.latest(model) ?? (await toScan(model, parts.memory));
      if (scanned) (await dataSets.openBesideCode('topActivations', scanned)).revealLayer(layer);
    },
  };
}

interface NamedLayer {
  readonly model: string;
  readonly layer: string;
}

/** The layer of the side bar that a command was called on. */
function layerOfRow([row]: readonly unknown[]): NamedLayer | undefined {
  return isLayerRow(row) ? { model: row.model, layer: row.layer.label } : undefined;
}

/** The layer that a link or lens names, else the one that is defined at the cursor. */
function layerOfCode(index: CodeIndex, args: readonly unknown[]): NamedLayer | undefined {
  return args.length > 0 ? shownLayer(index, args) : layerAtCursor(index);
}

/** A model that was not scanned yet, on a folder that the user chooses. */
async function toScan(model: string, memory: DataSetMemory): Promise<DataSetSubject | undefined> {
  const pictures = await askForPictures(
    {
      title: vscode.l10n.t('Folder of pictures to run through {0}', path.basename(model)),
      placeHolder: vscode.l10n.t('What activates each feature map most is looked for in these pictures'),
      beside: model,
    },
    memory,
  );
  return pictures === undefined ? undefined : { model, pictures };
}
