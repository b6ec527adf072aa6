import { describe, expect, it } from 'vitest';
import { filterSpectra, layerSpectrum, noiseShare, type Spectrum } from '../../../src/core/diagnose/spectrum';
import type { LayerFilters } from '../../../src/core/filters/layerFilters';
import { gaussians, seededRandom } from '../../support/random';
import { filtersOf } from './filters';

/** The transform of one filter at every sampling point, term by term, sorted into the bands. */
function naiveSpectrum({ dims, weights, stride }: LayerFilters): Spectrum {
  const [, channels, height, width] = dims;
  const shares = { low: 0, mid: 0, high: 0, aliased: 0 };
  let total = 0;
  for (let v = -15; v <= 16; v++) {
    for (let u = -15; u <= 16; u++) {
      let energy = 0;
      for (let c = 0; c < channels; c++) {
        let [real, imaginary] = [0, 0];
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            const value = weights[(c * height + y) * width + x]!;
            const angle = (-2 * Math.PI * (v * y + u * x)) / 32;
            real += value * Math.cos(angle);
            imaginary += value * Math.sin(angle);
          }
        }
        energy += real ** 2 + imaginary ** 2;
      }
      const radius = Math.sqrt(v * v + u * u) / 32;
      if (radius < 0.125) shares.low += energy;
      else if (radius < 0.25) shares.mid += energy;
      else shares.high += energy;
      if (Math.abs(v) / 32 > 1 / (2 * stride[0]) || Math.abs(u) / 32 > 1 / (2 * stride[1]))
        shares.aliased += energy;
      total += energy;
    }
  }
  return {
    low: shares.low / total,
    mid: shares.mid / total,
    high: shares.high / total,
    aliased: shares.aliased / total,
  };
}

describe('the spectrum of a filter', () => {
  it.each([
    [7, 7, 2],
    [5, 3, 1],
    [11, 11, 4],
  ])('of %i x %i weights at stride %i is that of the transform term by term', (height, width, step) => {
    const weights = gaussians(seededRandom(height), 3 * height * width);
    const filters = filtersOf({ dims: [1, 3, height, width], weights, stride: [step, step] });
    const [spectrum] = filterSpectra(filters);
    const expected = naiveSpectrum(filters);
    for (const band of ['low', 'mid', 'high', 'aliased'] as const) {
      expect(spectrum![band]).toBeCloseTo(expected[band], 10);
    }
  });

  it.each([
    ['low', 0],
    ['mid', 0.19],
    ['high', 0.4],
  ] as const)('lies in the %s band for waves of %d cycles a pixel', (band, frequency) => {
    const wave = Float32Array.from({ length: 121 }, (_, i) => Math.cos(2 * Math.PI * frequency * (i % 11)));
    const [spectrum] = filterSpectra(filtersOf({ dims: [1, 1, 11, 11], weights: wave, stride: [1, 1] }));
    expect(spectrum![band]).toBeGreaterThan(0.7);
    expect(spectrum!.aliased).toBe(0);
  });

  it('of zeros has no shares', () => {
    const zeros = filtersOf({ dims: [1, 3, 5, 5], weights: new Float32Array(75), stride: [2, 2] });
    expect(filterSpectra(zeros)).toEqual([{ low: 0, mid: 0, high: 0, aliased: 0 }]);
  });
});

describe('the spectrum of a layer', () => {
  it.each([
    [7, 7, 2],
    [5, 3, 1],
    [1, 3, 1],
  ])('of %i x %i weights at stride %i is that of its filters, by their energy', (height, width, step) => {
    const weights = gaussians(seededRandom(width), 4 * 3 * height * width);
    const filters = filtersOf({ dims: [4, 3, height, width], weights, stride: [step, step] });
    const size = weights.length / 4;
    const energies = [0, 1, 2, 3].map((filter) =>
      weights.slice(filter * size, (filter + 1) * size).reduce((sum, value) => sum + value ** 2, 0),
    );
    const spectrum = layerSpectrum(filters);
    for (const band of ['low', 'mid', 'high', 'aliased'] as const) {
      const sum = filterSpectra(filters).reduce((all, own, filter) => all + own[band] * energies[filter]!, 0);
      expect(spectrum[band]).toBeCloseTo(sum / energies.reduce((a, b) => a + b), 10);
    }
  });

  it('of noise is what noise is said to have, with the deviation that it is said to have', () => {
    const shares = Array.from({ length: 200 }, (_, seed) => {
      const weights = gaussians(seededRandom(seed + 1), 8 * 8 * 9);
      return layerSpectrum(filtersOf({ dims: [8, 8, 3, 3], weights, stride: [1, 1] })).high;
    });
    const { share, deviation } = noiseShare('high', { weights: new Float32Array(8 * 8 * 9), stride: [1, 1] });
    const mean = shares.reduce((a, b) => a + b) / 200;
    const spread = Math.sqrt(shares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 200);
    expect(mean).toBeCloseTo(share, 2);
    expect(spread / deviation).toBeGreaterThan(0.5);
    expect(spread / deviation).toBeLessThan(1.2);
  });
});
