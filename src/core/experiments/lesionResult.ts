import type { PlotOptions } from '@observablehq/plot';
import { barChart } from '../charts/barChart';

/** One lesion and what it did to the probability of the class that is followed. */
export interface LesionEffect {
  /** `conv5 map 12`, `conv3`. */
  readonly name: string;
  readonly probability: number;
  /** The most probable class with the lesion. */
  readonly top: string;
}

/** What is switched off, in words. */
export function lesionName(
  lesion: readonly { readonly layer: string; readonly maps: readonly number[] | 'all' }[],
): string {
  const named = lesion.map(({ layer, maps }) => {
    if (maps === 'all') return layer;
    return `${layer} ${maps.length === 1 ? 'map' : 'maps'} ${maps.join(', ')}`;
  });
  return named.join(' + ') || 'nothing';
}

/** The order by the drop they cause, the largest first; the first of equal ones first. */
export function rankByDrop(effects: readonly LesionEffect[]): number[] {
  const order = Array.from(effects.keys());
  return order.sort((a, b) => effects[a]!.probability - effects[b]!.probability || a - b);
}

/** Rows with a head, ranked by the drop. */
export function lesionRows(effects: readonly LesionEffect[], clean: number): (string | number)[][] {
  const head = ['rank', 'lesion', 'probability', 'drop', 'most_probable'];
  const rows = rankByDrop(effects).map((index, rank) => {
    const { name, probability, top } = effects[index]!;
    return [rank + 1, name, probability, clean - probability, top];
  });
  return [head, ...rows];
}

/** Bars of the chart: those with the largest drops. */
const CHARTED = 30;

/** The largest drops of the probability of a class as bars, the largest first. */
export function lesionChart(effects: readonly LesionEffect[], clean: number, label: string): PlotOptions {
  const bars = rankByDrop(effects)
    .slice(0, CHARTED)
    .map((index) => {
      const { name, probability } = effects[index]!;
      return { group: name, name: label, mean: clean - probability, deviation: null };
    });
  return barChart({ title: `Drop of the probability of ${label}`, y: 'Drop', bars });
}
