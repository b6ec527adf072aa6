import { counted } from '../../report/numbers';
import type { MonteCarlo } from './delta';
import { isBeyond, SIGNIFICANT, type LayerDeltas } from './summary';

/**
 * What came out over all layers, one sentence for each part: where hiding it changes the features more alike in all
 * pictures than hiding random places does, and where less. Nothing before the first draw.
 */
export function deltaSentences(layers: readonly LayerDeltas[], draws: number): string[] {
  const [first] = layers;
  if (!first?.random) return [];
  const least = 2 / SIGNIFICANT - 1;
  if (draws < least)
    return [`With ${counted(draws, 'draw')} nothing can be significant: it takes at least ${least}.`];
  return first.parts.map(({ part }) => {
    const found = (['below', 'above'] as const).flatMap((side) => {
      const there = runsOf(layers, part, side);
      return there.length === 0 ? [] : [`${side} random places at ${there.join(', ')}`];
    });
    return `${part}: ${found.join('; ') || 'no difference from random places at any layer'}.`;
  });
}

/** `conv1 to conv3, fc6`: the layers at which a part lies on a side, neighbours taken together. */
function runsOf(layers: readonly LayerDeltas[], part: string, side: keyof MonteCarlo): string[] {
  const lies = layers.map(({ parts }) =>
    parts.some((other) => other.part === part && isBeyond(side, other.p)),
  );
  const runs: string[] = [];
  for (let start = 0; start < lies.length; start++) {
    if (!lies[start]) continue;
    let end = start;
    while (lies[end + 1]) end++;
    const [from, to] = [layers[start]!.layer, layers[end]!.layer];
    runs.push(from === to ? from : `${from} to ${to}`);
    start = end;
  }
  return runs;
}
