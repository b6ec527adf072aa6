import type { CorrespondenceStep } from './correspondence';
import { monteCarlo, spreadOf, type MonteCarlo, type Spread } from './delta';

/** Δ of one part at one layer. */
export interface PartDelta extends Spread {
  readonly part: string;
  /** Against the random draws; `null` before the first. */
  readonly p: MonteCarlo | null;
}

/** What came out at one layer. */
export interface LayerDeltas {
  readonly layer: string;
  readonly parts: readonly PartDelta[];
  /** Over the pairs of all draws; `null` before the first. */
  readonly random: Spread | null;
}

/** Beyond this probability, of a two-sided test, a difference is not called one. */
export const SIGNIFICANT = 0.05;

/** Whether a Δ lies further out on a side than chance explains: a two-sided test counts both sides. */
export function isBeyond(side: keyof MonteCarlo, p: MonteCarlo | null): boolean {
  return p !== null && 2 * p[side] <= SIGNIFICANT;
}

/** Means and deviations over pairs of images as in table 1, by layer, of the steps that are done. */
export function summariseDeltas(
  steps: readonly CorrespondenceStep[],
  layers: readonly string[],
): LayerDeltas[] {
  const draws = steps.filter(({ part }) => part === null);
  return layers.map((layer, index) => {
    const random = draws.map(({ distances }) => distances[index]!);
    const randomDeltas = random.map((distances) => spreadOf(distances).mean);
    const parts = steps.flatMap(({ part, distances }): PartDelta[] => {
      if (part === null) return [];
      const spread = spreadOf(distances[index]!);
      return [{ part, ...spread, p: draws.length === 0 ? null : monteCarlo(spread.mean, randomDeltas) }];
    });
    return { layer, parts, random: draws.length === 0 ? null : spreadOf(random.flat()) };
  });
}

/** One sentence about a layer: which parts change the features more, or less, alike than random places do. */
export function verdict({ parts, random }: LayerDeltas): string {
  if (!random) return 'No random control yet.';
  const beyond = (side: keyof MonteCarlo): string[] =>
    parts.filter(({ p }) => isBeyond(side, p)).map(({ part }) => part);
  const sentences = (['below', 'above'] as const).flatMap((side) => {
    const found = beyond(side);
    if (found.length === 0) return [];
    const who = found.length === parts.length ? 'Every part is' : `${found.join(', ')}:`;
    return [`${who} ${side} random places.`];
  });
  return sentences.join(' ') || 'No part differs from random places.';
}
