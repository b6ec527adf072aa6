import * as vscode from 'vscode';
import type { LayerPreview, LayerSummary } from '../../protocol/model';

/** What lenses and hovers say of layers. */

/** `96 filters · RF 7 · 3 dead`, of several layers `8 layers · 64–512 filters · RF 7–99`, of fully connected ones `4096 units`. */
export function lensText(
  layers: readonly LayerSummary[],
  previews: readonly (LayerPreview | undefined)[],
): string {
  const count = range(layers.map(({ shape }) => shape[0] ?? 0));
  const fields = range(layers.map(({ receptiveField }) => Math.max(...receptiveField.size)));
  const dead = previews.reduce((sum, preview) => sum + (preview?.filters?.dead ?? 0), 0);
  return [
    ...(layers.length > 1 ? [vscode.l10n.t('{0} layers', layers.length)] : []),
    layers.every(isDense) ? countOfUnits(count) : countOfFilters(count),
    vscode.l10n.t('RF {0}', fields),
    ...(dead > 0 ? [vscode.l10n.t('{0} dead', dead)] : []),
  ].join(' · ');
}

/** `3×224×224 → 96×110×110`, with its parameters, receptive field and stride. */
export function figures(layer: LayerSummary, preview: LayerPreview | undefined): string[] {
  const { shape, parameters, receptiveField } = layer;
  const input = preview?.inputShape;
  return [
    input ? `${times(input)} → ${times(shape)}` : times(shape),
    parameters === 1
      ? vscode.l10n.t('1 parameter')
      : vscode.l10n.t('{0} parameters', parameters.toLocaleString(vscode.env.language)),
    vscode.l10n.t('receptive field {0}', times(receptiveField.size)),
    vscode.l10n.t('stride {0}', times(receptiveField.stride)),
  ];
}

/** `96 filters, 3 dead, 0 dominating`. */
export function filterFigures(
  layer: Pick<LayerSummary, 'traits'>,
  { count, dead, dominating }: NonNullable<LayerPreview['filters']>,
): string {
  const counted = isDense(layer) ? countOfUnits(String(count)) : countOfFilters(String(count));
  return vscode.l10n.t('{0}, {1} dead, {2} dominating', counted, dead, dominating);
}

/** `7 maps inactive in cat.jpg`, of layers whose maps are single numbers `7 units inactive in cat.jpg`. */
export function activityFigures(
  { shape }: Pick<LayerSummary, 'shape'>,
  inactive: number,
  image: string,
): string {
  if (shape.length === 1) {
    return inactive === 1
      ? vscode.l10n.t('1 unit inactive in {0}', image)
      : vscode.l10n.t('{0} units inactive in {1}', inactive, image);
  }
  return inactive === 1
    ? vscode.l10n.t('1 map inactive in {0}', image)
    : vscode.l10n.t('{0} maps inactive in {1}', inactive, image);
}

function isDense({ traits }: Pick<LayerSummary, 'traits'>): boolean {
  return traits.kind === 'dense';
}

function countOfFilters(count: string): string {
  return count === '1' ? vscode.l10n.t('1 filter') : vscode.l10n.t('{0} filters', count);
}

function countOfUnits(count: string): string {
  return count === '1' ? vscode.l10n.t('1 unit') : vscode.l10n.t('{0} units', count);
}

function times(sizes: readonly number[]): string {
  return sizes.join('×');
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low}–${high}`;
}
