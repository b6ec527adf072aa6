import path from 'node:path';
import * as vscode from 'vscode';
import { mismatchSentence } from '../../core/diagnose/codeMismatches';
import type { LayerPreview, LayerSummary, PictureFile } from '../../protocol/model';
import type { CodeIndex } from '../codeIndex';
import { activityFigures, figures, filterFigures } from './codeTexts';
import type { LayerActivities, LayerActivity } from './layerActivity';
import type { LayerPreviews } from './layerPreviews';
import { definedLayers, type DefinedLayers } from './layersAt';
import type { FolderPreview, TopPreviews } from './topPreviews';

/** What hovers and pins say of a layer, all of it plain text. */
export interface LayerCard {
  readonly layer: string;
  /** Absolute path. */
  readonly model: string;
  /** How the line and the layer were matched. */
  readonly explanation: string;
  readonly picture: LayerPicture | null;
  /** One line after another. */
  readonly figures: readonly string[];
  /** Where the line and the model disagree. */
  readonly mismatches: readonly string[];
}

export interface LayerPicture extends PictureFile {
  readonly caption: string;
}

/** What is there to tell of layers: their weights, what panels have computed, and what folders of pictures were scanned for. */
export interface LayerKnowledge {
  readonly index: CodeIndex;
  readonly previews: LayerPreviews;
  readonly activity: LayerActivities;
  readonly top: TopPreviews;
}

/** A block that is used often disagrees often, in the same way. */
const mostMismatches = 8;

/** The card of a layer that a line defines. */
export async function cardOf(
  { matches, model }: DefinedLayers,
  layer: LayerSummary,
  explanation: string,
  { previews, activity, top }: Omit<LayerKnowledge, 'index'>,
): Promise<LayerCard> {
  const preview = await previews.load(model, layer.label);
  const seen = activity.get(model, layer.label);
  // For the next time: lenses, which have it prepared, may be off.
  void top.load(model, layer.label).catch(() => undefined);
  return {
    layer: layer.label,
    model: model.path,
    explanation,
    picture: pictureOf(preview, seen, top.get(model, layer.label)),
    figures: [
      figures(layer, preview).join(' · '),
      ...(preview?.filters ? [filterFigures(layer, preview.filters)] : []),
      ...(seen ? [activityFigures(layer, seen.inactive, path.basename(seen.image))] : []),
    ],
    mismatches: matches
      .filter(({ mismatches }) => mismatches.length > 0)
      .slice(0, mostMismatches)
      .map((match) => {
        const sentence = mismatchSentence(match);
        return matches.length > 1 ? `${match.layer}: ${sentence}` : sentence;
      }),
  };
}

/** The card of any layer that code which is open defines. */
export async function findCard(
  model: string,
  label: string,
  knowledge: LayerKnowledge,
): Promise<LayerCard | undefined> {
  for (const indexed of knowledge.index.all()) {
    if (indexed.model?.path !== model || !indexed.match) continue;
    for (const defined of definedLayers(indexed)) {
      const layer = defined.layers.find((each) => each.label === label);
      if (layer) return cardOf(defined, layer, indexed.match.explanation, knowledge);
    }
  }
  return undefined;
}

/**
 * Filters over the image in its colours; of deeper layers the strongest maps' projections, as soon as a panel has computed them,
 * else what activates the strongest maps most in a folder that was scanned, else the filters as norms.
 */
function pictureOf(
  preview: LayerPreview | undefined,
  activity: LayerActivity | undefined,
  top: FolderPreview | undefined,
): LayerPicture | null {
  const sheet = preview?.sheet ?? null;
  const projections = activity?.projections;
  if (activity && projections && sheet?.kind !== 'colour') {
    const image = path.basename(activity.image);
    const maps = projections.maps.join(', ');
    const caption =
      projections.maps.length === 1
        ? vscode.l10n.t('Projection of the strongest map in {0}: {1}', image, maps)
        : vscode.l10n.t('Projections of the strongest maps in {0}: {1}', image, maps);
    return { ...projections.sheet, caption };
  }
  if (top && sheet?.kind !== 'colour') {
    const maps = top.maps.join(', ');
    const caption =
      top.maps.length === 1
        ? vscode.l10n.t('Most active in {0}: map {1}', top.folder, maps)
        : vscode.l10n.t('Most active in {0}: maps {1}', top.folder, maps);
    return { ...top, caption };
  }
  return sheet && { ...sheet, caption: vscode.l10n.t('Filters') };
}

export function dataUri({ file, type }: PictureFile): string {
  return `data:${type};base64,${Buffer.from(file).toString('base64')}`;
}
