import type * as vscode from 'vscode';
import type { LayerDefinition } from '../../core/source/definition';
import type { LayerMatch } from '../../core/source/match';
import { linesWithoutLayer } from '../../core/source/matchSource';
import type { LayerSummary, ModelSummary } from '../../protocol/model';
import type { IndexedDocument } from '../codeIndex';

/** A definition with the layers of the loaded model that it makes, in the model's order. */
export interface DefinedLayers {
  readonly definition: LayerDefinition;
  readonly model: ModelSummary;
  readonly matches: readonly LayerMatch[];
  readonly layers: readonly LayerSummary[];
}

/** All definitions of a document that make layers of its model. */
export function definedLayers({ model, match }: IndexedDocument): DefinedLayers[] {
  if (!model || !match) return [];
  const byLabel = new Map(model.layers.map((layer) => [layer.label, layer]));
  const byDefinition = new Map<LayerDefinition, LayerMatch[]>();
  for (const layer of match.layers) {
    byDefinition.set(layer.definition, [...(byDefinition.get(layer.definition) ?? []), layer]);
  }
  return [...byDefinition].map(([definition, matches]) => ({
    definition,
    model,
    matches,
    layers: matches.flatMap(({ layer }) => byLabel.get(layer) ?? []),
  }));
}

/** The innermost definition at a place, or else the one that starts on its line. */
export function layersAt(indexed: IndexedDocument, position: vscode.Position): DefinedLayers | undefined {
  return definitionAt(definedLayers(indexed), position);
}

/** What defines layers at a place that the loaded model lacks, and that model. */
export function absentAt(
  { model, match, reading }: IndexedDocument,
  position: vscode.Position,
): Pick<DefinedLayers, 'definition' | 'model'> | undefined {
  if (!model || !match) return undefined;
  const absent = linesWithoutLayer(reading, match).map((definition) => ({ definition, model }));
  return definitionAt(absent, position);
}

function definitionAt<Defined extends Pick<DefinedLayers, 'definition'>>(
  all: readonly Defined[],
  { line, character }: vscode.Position,
): Defined | undefined {
  const holding = all.filter(({ definition: { range } }) => {
    const afterStart =
      line > range.start.line || (line === range.start.line && character >= range.start.character);
    const beforeEnd = line < range.end.line || (line === range.end.line && character <= range.end.character);
    return afterStart && beforeEnd;
  });
  return holding.at(-1) ?? all.find(({ definition }) => definition.range.start.line === line);
}
