import { describe, expect, it } from 'vitest';
import { deltaSentences } from '../../../src/core/experiments/correspondence/findings';
import { deltaTable } from '../../../src/core/experiments/correspondence/result';
import type { LayerDeltas } from '../../../src/core/experiments/correspondence/summary';

const spread = { mean: 0.1, deviation: 0.01 };

/** Layers a, b, c … with the probabilities of a single part, `[below, above]`. */
function layersWith(...p: readonly (readonly [below: number, above: number])[]): LayerDeltas[] {
  return p.map(([below, above], index) => ({
    layer: 'abcdef'[index]!,
    parts: [{ part: 'nose', ...spread, p: { below, above } }],
    random: spread,
  }));
}

describe('the table of deltas', () => {
  it('has two-sided probabilities, never above 1, and breaks only before parentheses', () => {
    const [below, middle] = deltaTable(layersWith([0.025, 1], [0.6, 0.55]));
    expect(below).toEqual(['a', '0.100\u00a0±\u00a00.010 (p\u00a00.05\u00a0below)', '0.100\u00a0±\u00a00.010', 'Every part is below random places.']); // prettier-ignore
    expect(middle![1]).toBe('0.100\u00a0±\u00a00.010 (p\u00a01.00\u00a0above)');
  });

  it('claims no deviation of a single pair of pictures', () => {
    const [layer] = layersWith([0.5, 0.5]);
    const parts = [{ ...layer!.parts[0]!, deviation: null, p: null }];
    expect(deltaTable([{ ...layer!, parts }])[0]![1]).toBe('0.100\u00a0(one\u00a0pair)');
  });
});

describe('what came out over all layers', () => {
  it('is said in runs of neighbouring layers, either side by itself', () => {
    const layers = layersWith([0.025, 1], [0.01, 1], [0.03, 0.9], [0.02, 1], [1, 0.015], [0.5, 0.5]);
    expect(deltaSentences(layers, 99)).toEqual([
      'nose: below random places at a to b, d; above random places at e.',
    ]);
  });

  it('is no difference where chance does as much', () => {
    expect(deltaSentences(layersWith([0.03, 1], [1, 0.03]), 99)).toEqual([
      'nose: no difference from random places at any layer.',
    ]);
  });

  it('cannot be anything with few draws, and is nothing before the first', () => {
    const layers = layersWith([0.06, 1]);
    expect(deltaSentences(layers, 38)).toEqual([
      'With 38 draws nothing can be significant: it takes at least 39.',
    ]);
    expect(deltaSentences(layers, 39)).toHaveLength(1);
    expect(deltaSentences([{ ...layers[0]!, random: null }], 0)).toEqual([]);
  });
});
