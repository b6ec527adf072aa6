import * as vscode from 'vscode';
import type { TopIndexes } from '../dataSets/topIndexes';
import { shownProblems } from '../problems/diagnostics';
import type { LayerKnowledge } from './layerCard';
import { layerHover } from './layerHover';
import { readableSelector } from './readableDocuments';

/** Shows a layer's picture and figures on its definition. */
export function registerLayerHover(knowledge: LayerKnowledge, topIndexes: TopIndexes): vscode.Disposable {
  return vscode.languages.registerHoverProvider(readableSelector, {
    provideHover: async (document, position) => {
      const indexed = await knowledge.index.getCurrent(document);
      const told = shownProblems(document, position);
      return indexed && layerHover(indexed, position, knowledge, { topIndexes, told });
    },
  });
}
