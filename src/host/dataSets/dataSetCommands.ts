import * as vscode from 'vscode';
import type { CodeIndex } from '../codeIndex';
import type { CommandTable } from '../commands';
import type { Models } from '../models';
import { layerAtCursor, shownLayer } from '../source/showLayer';
import type { DataSetPanels } from './dataSetPanels';
import { folderFor } from './folders';
import type { TopIndexes } from './topIndexes';

export interface DataSetCommandParts {
  readonly models: Models;
  readonly dataSets: DataSetPanels;
  readonly indexes: TopIndexes;
  readonly codeIndex: () => CodeIndex;
}

export type DataSetCommands = Pick<
  CommandTable,
  'switchback.findTopActivations' | 'switchback.showTopActivations'
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
    'switchback.showTopActivations': async (...args) => {
      const shown = args.length > 0 ? shownLayer(codeIndex(), args) : layerAtCursor(codeIndex());
      const scanned = shown && indexes.latest(shown.model);
      if (!scanned) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('No index of top activations is there for a layer that is defined here.'),
        );
        return;
      }
      models.assertMayOpen(shown.model);
      dataSets.open('topActivations', scanned).revealLayer(shown.layer);
    },
  };
}
