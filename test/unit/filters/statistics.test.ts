import { describe, expect, it } from 'vitest';
import { duplicateFilters } from '../../../src/core/filters/duplicates';
import type { LayerFilters } from '../../../src/core/filters/layerFilters';
import { filterStatistics, PAPER_RADIUS } from '../../../src/core/filters/statistics';
import type { Preprocessing } from '../../../src/core/imaging/preprocessing';
import { gaussians, seededRandom } from '../../support/random';

const pixels: Preprocessing = {
  resize: 8,
  crop: [8, 8],
  channels: 'RGB',
  scale: 1,
  mean: [128, 128, 128],
  std: [1, 1, 1],
};

type Shape = Partial<Omit<LayerFilters, 'weights' | 'dims'>>;

function filtersOf(
  rows: readonly ArrayLike<number>[],
  dims: readonly number[],
  shape: Shape = {},
): LayerFilters {
  const [channels, height, width] = dims as [number, number, number];
  return {
    dims: [rows.length, channels, height, width],
    weights: Float32Array.from(rows.flatMap((row) => Array.from(row))),
    over: 'maps',
    kind: 'convolution',
    groups: 1,
    stride: [1, 1],
    folded: [],
    ...shape,
  };
}

const random = seededRandom(11);
const noise = (size: number, std = 1) => gaussians(random, size, { std });

describe('the RMS of a filter', () => {
  it('is the root of the mean square of its weights', () => {
    const { rms, medianRms } = filterStatistics(filtersOf([[3, -3], [1, 7], [0, 0]], [2, 1, 1]), pixels); // prettier-ignore
    expect(Array.from(rms)).toEqual([3, 5, 0]);
    expect(medianRms).toBe(3);
  });

  it('is that of weights on pixels where the filters see the image, whatever its scaling', () => {
    const weights = noise(3 * 9);
    const model = { ...pixels, scale: 1 / 255, std: [0.2, 0.25, 0.5] };
    const measured = filterStatistics(filtersOf([weights], [3, 3, 3], { over: 'image' }), model);
    // value = pixel / 255 / std: a weight on the value is a weight of that times 1 / 255 / std on the pixel.
    const onPixels = weights.map((weight, i) => weight / 255 / model.std[Math.floor(i / 9)]!);
    const expected = Math.sqrt(onPixels.reduce((sum, weight) => sum + weight ** 2, 0) / 27);
    expect(measured.rms[0]).toBeCloseTo(expected, 8);
  });
});

describe('dead filters', () => {
  it('are all zero, or a thousandth of their peers', () => {
    const rows = [noise(27), new Float32Array(27), noise(27), noise(27, 1e-5), noise(27, 0.05)];
    expect(filterStatistics(filtersOf(rows, [3, 3, 3]), pixels).dead).toEqual([1, 3]);
  });

  it('are all filters of a layer of zeros', () => {
    const { dead, dominating, duplicates } = filterStatistics(
      filtersOf([new Float32Array(27), new Float32Array(27)], [3, 3, 3]),
      pixels,
    );
    expect([dead, dominating, duplicates]).toEqual([[0, 1], [], []]);
  });
});

describe('dominating filters', () => {
  const ofRms = (...values: number[]) => values.map((rms) => new Float32Array(27).fill(rms));
  const dominating = (values: number[], shape: Shape = {}) =>
    filterStatistics(filtersOf(ofRms(...values), [3, 3, 3], shape), pixels).dominating;

  it('exceed the radius of the paper and outweigh their peers, strongest first', () => {
    expect(dominating([0.05, 0.3, 0.05, 0.9, 0.05], { over: 'image' })).toEqual([3, 1]);
  });

  it('need both', () => {
    const radius = PAPER_RADIUS;
    expect(dominating([0.005, 0.9 * radius, 0.005], { over: 'image' })).toEqual([]);
    expect(dominating([0.2, 0.5, 0.2], { over: 'image' })).toEqual([]);
  });

  it('have no peers in a depthwise layer', () => {
    expect(dominating([0.05, 5, 0.05], { groups: 3 })).toEqual([]);
  });
});

describe('duplicates', () => {
  /** All pairs, plainly. */
  function naivePairs({ dims, weights, groups }: LayerFilters): string[] {
    const size = weights.length / dims[0];
    const row = (filter: number) => Array.from(weights.subarray(filter * size, (filter + 1) * size));
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const pairs: string[] = [];
    for (let a = 0; a < dims[0]; a++) {
      for (let b = a + 1; b < dims[0]; b++) {
        const sameInput = Math.floor((a * groups) / dims[0]) === Math.floor((b * groups) / dims[0]);
        const cosine = dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
        if (sameInput && cosine >= 0.99) pairs.push(`${a} ${b}`);
      }
    }
    return pairs;
  }

  it.each([1, 2])('are the pairs that plain loops find, in %i groups', (groups) => {
    const originals = Array.from({ length: 12 }, () => noise(45));
    const copies = [0, 3, 7].map((i) => originals[i]!.map((value) => 2.5 * value));
    const near = originals[9]!.map((value) => value + 0.05 * noise(1)[0]!);
    const opposite = originals[1]!.map((value) => -value);
    const filters = filtersOf([...originals, ...copies, near, opposite, noise(45)], [5, 3, 3], { groups });
    const found = duplicateFilters(filters)!;
    const pairs = found.flatMap(({ filters: [first, ...others] }) =>
      others.map((other) => `${first} ${other}`),
    );
    expect(pairs).toEqual(naivePairs(filters));
    if (groups === 1) expect(pairs).toHaveLength(4);
  });

  it('form one group around the first, with the lowest similarity', () => {
    const original = noise(27);
    const found = duplicateFilters(filtersOf([original, noise(27), original, original], [3, 3, 3]));
    expect(found).toEqual([{ filters: [0, 2, 3], similarity: expect.closeTo(1, 5) as number }]);
  });

  it('are not looked for among too many filters, in too few dimensions, or in depthwise layers', () => {
    const one = filtersOf([[1, 1], [1, 1]], [2, 1, 1]); // prettier-ignore
    expect(duplicateFilters(one)).toBeNull();
    const many = Array.from({ length: 2049 }, () => new Float32Array(9).fill(1));
    expect(duplicateFilters(filtersOf(many, [1, 3, 3]))).toBeNull();
    const depthwise = filtersOf([new Float32Array(9).fill(1), new Float32Array(9).fill(1)], [1, 3, 3], {
      groups: 2,
    });
    expect(filterStatistics(depthwise, pixels).duplicates).toBeNull();
  });
});
