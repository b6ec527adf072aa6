import * as vscode from 'vscode';
import type { CodeIndex } from '../codeIndex';
import type { TopIndexes } from '../dataSets/topIndexes';
import { lensText } from './codeTexts';
import type { LayerPreviews } from './layerPreviews';
import { definedLayers, type DefinedLayers } from './layersAt';
import type { TopPreviews } from './topPreviews';
import { readableSelector } from './readableDocuments';

/** Layers of a document that are made ready for hovers and lenses ahead of time. */
const mostPrepared = 200;

interface LensParts {
  readonly previews: LayerPreviews;
  readonly top: TopPreviews;
  readonly topIndexes: TopIndexes;
  readonly isOn: (document: vscode.TextDocument) => boolean;
}

/** One line above each definition: what the layer is, and what can be done with it. `isOn` is asked each time. */
export function registerLayerLenses(
  index: CodeIndex,
  { previews, top, topIndexes, isOn }: LensParts,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses: (document) => {
      const indexed = index.get(document);
      if (!indexed) return [];
      const defined = definedLayers(indexed);
      const [model] = defined.map((each) => each.model);
      if (model) {
        const labels = defined
          .flatMap(({ layers }) => layers.map(({ label }) => label))
          .slice(0, mostPrepared);
        void previews.prepare(model, labels).then(() => top.prepare(model, labels));
      }
      if (!isOn(document)) return [];
      const scanned = model !== undefined && topIndexes.latest(model.path) !== undefined;
      return defined.flatMap((each) => [...lensesOf(each, previews), ...topLens(each, scanned)]);
    },
  };
  return vscode.Disposable.from(
    changed,
    index.onDidChange(() => changed.fire()),
    previews.onDidLoad(() => changed.fire()),
    topIndexes.onDidChange(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('switchback.codeLens')) changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(readableSelector, provider),
  );
}

/** Leads to what the layer's maps respond to most over a folder of pictures, which is asked for where none was scanned. */
function topLens({ definition, model, layers: [layer] }: DefinedLayers, scanned: boolean): vscode.CodeLens[] {
  if (!layer) return [];
  const { line, character } = definition.range.start;
  const command = {
    title: scanned ? vscode.l10n.t('Top activations') : vscode.l10n.t('Top activations…'),
    tooltip: vscode.l10n.t('Show the pictures that activate the maps of {0} most', layer.label),
    command: 'switchback.showTopActivations',
    arguments: [{ model: model.path, layer: layer.label }],
  };
  return [new vscode.CodeLens(new vscode.Range(line, character, line, character), command)];
}

function lensesOf(
  { definition, model, matches, layers }: DefinedLayers,
  previews: LayerPreviews,
): vscode.CodeLens[] {
  const [layer] = layers;
  if (!layer) return [];
  const { line, character } = definition.range.start;
  const range = new vscode.Range(line, character, line, character);
  const differs = matches.some(({ mismatches }) => mismatches.length > 0);
  const text = lensText(
    layers,
    layers.map(({ label }) => previews.get(model, label)),
  );
  const lens = (title: string, tooltip: string, panel: 'layers' | 'occlusion') =>
    new vscode.CodeLens(range, {
      title,
      tooltip,
      command: 'switchback.showLayer',
      arguments: [{ model: model.path, layer: layer.label, panel }],
    });
  return [
    lens(
      differs ? `$(warning) ${text}` : text,
      vscode.l10n.t('Show the feature maps of {0}', layer.label),
      'layers',
    ),
    lens(
      vscode.l10n.t('Occlusion'),
      vscode.l10n.t('Hide parts of the picture one after another'),
      'occlusion',
    ),
  ];
}
