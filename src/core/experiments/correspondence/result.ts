import type { PlotOptions } from '@observablehq/plot';
import { barChart } from '../../charts/barChart';
import type { MonteCarlo, Spread } from './delta';
import { verdict, type LayerDeltas } from './summary';

/** Table 1 of the paper: Δ ± standard deviation at layers 5 and 7, in its order of parts. */
export const paperTable: readonly (readonly [part: string, layer5: string, layer7: string])[] = [
  ['right eye', '0.067 ± 0.007', '0.069 ± 0.015'],
  ['left eye', '0.069 ± 0.007', '0.068 ± 0.013'],
  ['nose', '0.079 ± 0.017', '0.069 ± 0.011'],
  ['random', '0.107 ± 0.017', '0.073 ± 0.014'],
];

export const RANDOM = 'random';

/** Bars of every layer: its parts, then the random control. */
export function deltaChart(layers: readonly LayerDeltas[]): PlotOptions {
  const bars = layers.flatMap(({ layer, parts, random }) => [
    ...parts.map(({ part, mean, deviation }) => ({ group: layer, name: part, mean, deviation })),
    ...(random ? [{ group: layer, name: RANDOM, ...random }] : []),
  ]);
  return barChart({ title: 'Δ of every part and of random places, by layer', y: 'Δ', bars });
}

/** Long rows for CSV, with a head: one for each layer and part, and for the control. */
export function deltaRows(layers: readonly LayerDeltas[]): (string | number)[][] {
  const head = ['layer', 'part', 'delta', 'deviation', 'p_below_random', 'p_above_random'];
  const rows = layers.flatMap(({ layer, parts, random }) => [
    ...parts.map(({ part, mean, deviation, p }) => [layer, part, mean, deviation ?? '', p?.below ?? '', p?.above ?? '']), // prettier-ignore
    ...(random ? [[layer, RANDOM, random.mean, random.deviation ?? '', '', '']] : []),
  ]);
  return [head, ...rows];
}

/** Rows for people, without a head: a layer, each part as `Δ ± deviation (p)`, the control, and what follows. */
export function deltaTable(layers: readonly LayerDeltas[]): string[][] {
  return layers.map((deltas) => [
    deltas.layer,
    ...deltas.parts.map((delta) =>
      delta.p ? `${spreadText(delta)} (${probabilityText(delta.p)})` : spreadText(delta),
    ),
    deltas.random ? spreadText(deltas.random) : '–',
    verdict(deltas),
  ]);
}

/** A cell breaks before what is in parentheses, and nowhere else. */
const NO_BREAK = '\u00a0';

function spreadText({ mean, deviation }: Spread): string {
  const spread = deviation === null ? '(one pair)' : `± ${deviation.toFixed(3)}`;
  return `${mean.toFixed(3)} ${spread}`.replaceAll(' ', NO_BREAK);
}

/** Two-sided: as far out on either side. */
function probabilityText({ below, above }: MonteCarlo): string {
  const probability = Math.min(1, 2 * Math.min(below, above)).toFixed(2);
  return `p ${probability} ${below <= above ? 'below' : 'above'}`.replaceAll(' ', NO_BREAK);
}
