import { describe, expect, it } from 'vitest';
import { quantileOfMagnitude, signedTile } from '../../../src/core/imaging/signedTile';
import type { Preprocessing } from '../../../src/core/imaging/preprocessing';
import { gaussians, seededRandom } from '../../support/random';

const caffe: Preprocessing = {
  resize: 9,
  crop: [9, 9],
  channels: 'BGR',
  scale: 0.5,
  mean: [104, 117, 123],
  std: [1, 2, 4],
};
const grey: Preprocessing = { ...caffe, channels: 'GRAY', mean: [128], std: [64] };
const random = seededRandom(11);

/** numpy.quantile over the values of pixels that are not entirely zero. */
function naiveQuantile(values: ArrayLike<number>, channels: number, q: number): number {
  const kept: number[] = [];
  for (let i = 0; i < values.length; i += channels) {
    const pixel = Array.from({ length: channels }, (_, c) => Math.abs(values[i + c]!));
    if (pixel.some((value) => value > 0)) kept.push(...pixel);
  }
  if (kept.length === 0) return 0;
  kept.sort((a, b) => a - b);
  const rank = q * (kept.length - 1);
  const [low, high] = [kept[Math.floor(rank)]!, kept[Math.ceil(rank)]!];
  return low + (high - low) * (rank - Math.floor(rank));
}

describe('a signed tile', () => {
  const [height, width] = [6, 9];
  const values = gaussians(random, 3 * height * width, { std: 20 });
  // A projection is zero outside of what the switches reach.
  for (let c = 0; c < 3; c++) values.fill(0, c * height * width, c * height * width + 20);
  const tile = signedTile(values, { height, width }, caffe);

  it('maps the network space back to red, green, blue in pixel units', () => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const [colour, channel] of [
          [0, 2],
          [1, 1],
          [2, 0],
        ] as const) {
          const expected = (values[(channel * height + y) * width + x]! * caffe.std[channel]!) / caffe.scale;
          const actual = (tile.values[(y * width + x) * 3 + colour]! / 32767) * tile.limit;
          expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tile.limit / 65534 + 1e-6);
        }
      }
    }
  });

  it('knows its largest magnitude and the quantile over its non-zero pixels', () => {
    const pixels = Array.from(tile.values, (value) => (value / 32767) * tile.limit);
    const largest = pixels.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(tile.limit).toBeCloseTo(largest, 4);
    expect(tile.quantile).toBeCloseTo(naiveQuantile(pixels, 3, 0.995), 4);
    expect(tile.quantile).toBeLessThan(tile.limit);
  });

  it('has one channel for a grey network', () => {
    const one = signedTile(Float32Array.of(1, -4, 0, 2), { height: 2, width: 2 }, grey);
    expect([one.channels, one.limit, ...one.values]).toEqual([1, 512, 8192, -32767, 0, 16384]);
  });

  it('is empty, not broken, where nothing or nothing finite arrived', () => {
    for (const fill of [0, NaN]) {
      const empty = signedTile(new Float32Array(12).fill(fill), { height: 2, width: 2 }, caffe);
      expect([empty.limit, empty.quantile, Math.max(...empty.values)]).toEqual([0, 0, 0]);
    }
  });
});

describe('the quantile of magnitudes', () => {
  it.each([
    [1, 1],
    [1, 7],
    [3, 1],
    [3, 400],
  ] as const)('agrees with sorting for %i channels and %i pixels', (channels, pixels) => {
    for (const q of [0, 0.3, 0.5, 0.995, 1]) {
      const values = Int16Array.from({ length: channels * pixels }, () =>
        random() < 0.4 ? 0 : Math.round((random() - 0.5) * 65000),
      );
      expect(quantileOfMagnitude(values, channels, q)).toBeCloseTo(naiveQuantile(values, channels, q), 6);
    }
  });

  it('is zero where every pixel is zero', () => {
    expect(quantileOfMagnitude(new Int16Array(30), 3, 0.995)).toBe(0);
  });
});
