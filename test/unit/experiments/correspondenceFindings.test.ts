import { describe, expect, it } from 'vitest';
import { deltaSentences } from '../../../src/core/experiments/correspondence/findings';
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

describe('what came out over all layers', () => {
  it('is said in runs of neighbouring layers, either side by itself', () => {
    const layers = layersWith([0.05, 1], [0.01, 1], [0.06, 0.9], [0.02, 1], [1, 0.03], [0.5, 0.5]);
    expect(deltaSentences(layers, 99)).toEqual([
      'nose: below random places at a to b, d; above random places at e.',
    ]);
  });

  it('is no difference where chance does as much', () => {
    expect(deltaSentences(layersWith([0.06, 1], [1, 0.06]), 99)).toEqual([
      'nose: no difference from random places at any layer.',
    ]);
  });

  it('cannot be anything with few draws, and is nothing before the first', () => {
    const layers = layersWith([0.06, 1]);
    expect(deltaSentences(layers, 18)).toEqual([
      'With 18 draws nothing can be significant: it takes at least 19.',
    ]);
    expect(deltaSentences(layers, 19)).toHaveLength(1);
    expect(deltaSentences([{ ...layers[0]!, random: null }], 0)).toEqual([]);
  });
});
