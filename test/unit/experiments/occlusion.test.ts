import { describe, expect, it } from 'vitest';
import { coveredPicture, type Fill } from '../../../src/core/experiments/occlusion/fill';
import { plainOccluder, type Occluder } from '../../../src/core/experiments/occlusion/occlude';
import { occlusionSweep, type OcclusionCells } from '../../../src/core/experiments/occlusion/sweep';
import {
  coarseToFine,
  standIn,
  sweepGrid,
  windowAt,
  windowNear,
  type WindowSettings,
} from '../../../src/core/experiments/occlusion/windows';
import type { Picture, Preprocessing } from '../../../src/core/imaging/preprocessing';
import { floatTensor } from '../../../src/core/tensor/tensor';
import { gaussians, seededRandom } from '../../support/random';

const square = (size: number, stride: number): WindowSettings => ({
  size: [size, size],
  stride: [stride, stride],
});

describe('the windows of a sweep', () => {
  it.each([
    [{ height: 224, width: 224 }, square(32, 8), 25, 25],
    // The last window would reach beyond the border: it is clipped, and nothing is left out.
    [{ height: 224, width: 224 }, square(32, 10), 21, 21],
    [{ height: 7, width: 7 }, square(7, 1), 1, 1],
    [{ height: 20, width: 31 }, { size: [5, 8], stride: [3, 8] } as const, 6, 4],
  ])('of %o by %o are %i x %i', (picture, settings, rows, columns) => {
    expect(sweepGrid(picture, settings)).toMatchObject({ rows, columns });
  });

  it.each([
    [{ height: 23, width: 37 }, square(6, 5)],
    [{ height: 23, width: 37 }, { size: [4, 9], stride: [4, 7] } as const],
    [{ height: 5, width: 90 }, square(5, 2)],
  ])('cover every pixel of %o by %o, inside the picture', (picture, settings) => {
    const grid = sweepGrid(picture, settings);
    const covered = new Uint8Array(picture.height * picture.width);
    for (let index = 0; index < grid.rows * grid.columns; index++) {
      const { top, left, height, width } = windowAt(grid, index);
      expect(height).toBeGreaterThan(0);
      expect(width).toBeGreaterThan(0);
      for (let y = top; y < top + height; y++)
        for (let x = left; x < left + width; x++) covered[y * picture.width + x] = 1;
    }
    expect(covered.every((value) => value === 1)).toBe(true);
  });

  it('are found by their centres', () => {
    const grid = sweepGrid({ height: 40, width: 60 }, { size: [8, 12], stride: [4, 6] });
    for (let index = 0; index < grid.rows * grid.columns; index++) {
      const { top, left } = windowAt(grid, index);
      expect(windowNear(grid, top + 4, left + 6)).toBe(index);
    }
    expect(windowNear(grid, -50, 1000)).toBe(grid.columns - 1);
  });

  it.each([
    ['a square larger than the picture', square(33, 8), 'larger than the picture'],
    [
      'a square wider than the picture',
      { size: [8, 41], stride: [8, 8] } as const,
      'larger than the picture',
    ],
    ['a stride of 0', square(8, 0), 'whole numbers from 1'],
    ['half a pixel', square(8, 0.5), 'whole numbers from 1'],
    ['a negative size', square(-4, 1), 'whole numbers from 1'],
    ['a size that is no number', square(NaN, 1), 'whole numbers from 1'],
    ['a stride that leaves pixels out', square(8, 9), 'leaves pixels out'],
  ])('are refused for %s', (_, settings, sentence) => {
    expect(() => sweepGrid({ height: 32, width: 40 }, settings)).toThrow(sentence);
  });

  it('are refused where they are too many to keep', () => {
    expect(() => sweepGrid({ height: 5000, width: 5000 }, square(2, 1))).toThrow('24990001 windows');
  });
});

describe('the order of a sweep', () => {
  it.each([
    [25, 25],
    [1, 1],
    [3, 200],
    [64, 9],
    [8, 8],
  ])('has every window of %i x %i once, coarse ones first', (rows, columns) => {
    const order = coarseToFine({ rows, columns });
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows * columns }, (_, i) => i));
  });

  it('begins with a map of at most 8 x 8 that spans the picture', () => {
    const first = [...coarseToFine({ rows: 25, columns: 25 }).slice(0, 49)];
    expect(first).toEqual(Array.from({ length: 49 }, (_, i) => 100 * Math.floor(i / 7) + 4 * (i % 7)));
  });

  it('lets a coarse window stand in for those that are missing', () => {
    const grid = { rows: 25, columns: 25 };
    const done = new Uint8Array(625);
    expect(standIn(grid, done, 313)).toBe(-1);
    for (const index of coarseToFine(grid).slice(0, 49)) done[index] = 1;
    expect(standIn(grid, done, 12 * 25 + 13)).toBe(12 * 25 + 12);
    expect(standIn(grid, done, 15 * 25 + 7)).toBe(12 * 25 + 4);
    done[15 * 25 + 7] = 1;
    expect(standIn(grid, done, 15 * 25 + 7)).toBe(15 * 25 + 7);
  });
});

const preprocessing: Preprocessing = {
  resize: 12,
  crop: [12, 10],
  channels: 'BGR',
  scale: 0.5,
  mean: [10, 20, 30],
  std: [1, 1, 1],
};

function noisePicture(height = 12, width = 10): Picture {
  const random = seededRandom(4);
  return {
    height,
    width,
    rgba: Uint8Array.from({ length: 4 * height * width }, (_, i) =>
      i % 4 === 3 ? 255 : Math.floor(256 * random()),
    ),
  };
}

const covered = (fill: Fill, picture = noisePicture()) =>
  coveredPicture(picture, fill, { preprocessing, size: [8, 8] }).rgba;

describe('what the square shows', () => {
  it('is one colour, the mean of the picture, or the mean of the data set', () => {
    expect([...covered([128, 128, 128]).slice(0, 4)]).toEqual([128, 128, 128, 255]);
    expect([...covered([1, 2, 3]).slice(-4)]).toEqual([1, 2, 3, 255]);
    // Means are in the order of the channels, blue first here, and of scaled pixels.
    expect([...covered('dataset-mean').slice(0, 4)]).toEqual([60, 40, 20, 255]);
    const { rgba } = noisePicture();
    const means = [0, 1, 2].map((c) =>
      Math.round(rgba.filter((_, i) => i % 4 === c).reduce((a, b) => a + b, 0) / 120),
    );
    expect([...covered('image-mean').slice(0, 3)]).toEqual(means);
  });

  it('is the picture out of focus: flatter, with the same mean, and a flat picture unchanged', () => {
    const { rgba } = noisePicture();
    const blurred = covered('blur');
    const spread = (values: Uint8Array) =>
      Math.max(...values.filter((_, i) => i % 4 === 0)) - Math.min(...values.filter((_, i) => i % 4 === 0));
    expect(spread(blurred)).toBeLessThan(spread(rgba) / 3);
    const flat = { height: 12, width: 10, rgba: new Uint8Array(480).fill(77) };
    expect(covered('blur', flat)).toEqual(flat.rgba);
  });
});

/** A network whose one tensor is the sum of every input, so that hidden windows can be counted. */
function fakeOccluder(batch: number): { occluder: Occluder; runs: number[] } {
  const runs: number[] = [];
  const clean = floatTensor([1, 1, 6, 7], new Float32Array(42).fill(1));
  const occluder = plainOccluder(
    {
      batch,
      run: async (input) => {
        const count = input.length / 42;
        runs.push(count);
        const sums = Float32Array.from({ length: count }, (_, i) =>
          input.subarray(i * 42, (i + 1) * 42).reduce((a, b) => a + b, 0),
        );
        return new Map([['sum', sums]]);
      },
    },
    { clean, covered: floatTensor([1, 1, 6, 7]) },
  );
  return { occluder, runs };
}

const watched = { maps: [{ tensor: 'sum', map: 0, positions: 1 }], classifier: null, label: 0 };

describe('a sweep', () => {
  const grid = sweepGrid({ height: 6, width: 7 }, square(3, 2));

  it('measures every window once, in batches', async () => {
    const { occluder, runs } = fakeOccluder(4);
    const order = coarseToFine(grid);
    const seen = new Map<number, number>();
    const { signal } = new AbortController();
    for await (const { windows, activity } of occlusionSweep(occluder, grid, { order, watched, signal })) {
      windows.forEach((window, i) => seen.set(window, activity[i]!));
    }
    expect(runs).toEqual([4, 4, 1]);
    expect(seen.size).toBe(9);
    for (const [window, activity] of seen) {
      const { height, width } = windowAt(grid, window);
      expect(activity).toBe(42 - height * width);
    }
  });

  it('does no more work after it was cancelled', async () => {
    const { occluder, runs } = fakeOccluder(2);
    const controller = new AbortController();
    const sweep = occlusionSweep(occluder, grid, {
      order: coarseToFine(grid),
      watched,
      signal: controller.signal,
    });
    await sweep.next();
    controller.abort();
    await expect(sweep.next()).rejects.toThrow();
    expect(runs).toEqual([2]);
  });

  it('says nothing of labels where there is no classifier', async () => {
    const { occluder } = fakeOccluder(9);
    const { signal } = new AbortController();
    const all: OcclusionCells[] = [];
    for await (const cells of occlusionSweep(occluder, grid, { order: coarseToFine(grid), watched, signal }))
      all.push(cells);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ probability: new Float32Array(0), label: new Int32Array(0) });
  });

  it('sums whole maps, follows one class and takes the first of equal ones as the most probable', async () => {
    const logits = Float32Array.of(0, Math.log(3), Math.log(3), 1, 2, 0);
    const features = gaussians(seededRandom(1), 2 * 3 * 4);
    const occluder: Occluder = {
      batch: 2,
      run: async () =>
        new Map([
          ['logits', logits],
          ['maps', features],
        ]),
    };
    const { signal } = new AbortController();
    const classifier = { logits: 'logits', probabilities: null, classes: 3 };
    const maps = [2, 0].map((map) => ({ tensor: 'maps', map, positions: 4 }));
    const sweep = occlusionSweep(occluder, grid, {
      order: Int32Array.of(0, 1),
      watched: { maps, classifier, label: 1 },
      signal,
    });
    const { value: cells } = (await sweep.next()) as IteratorYieldResult<OcclusionCells>;
    const sumOf = (image: number, map: number) =>
      features.slice((image * 3 + map) * 4, (image * 3 + map + 1) * 4).reduce((a, b) => a + b, 0);
    [sumOf(0, 2), sumOf(0, 0), sumOf(1, 2), sumOf(1, 0)].forEach((sum, i) =>
      expect(cells.activity[i]).toBeCloseTo(sum, 5),
    );
    expect([...cells.label]).toEqual([1, 1]);
    expect(cells.probability[0]).toBeCloseTo(3 / 7, 6);
    expect(cells.labelProbability[0]).toBeCloseTo(3 / 7, 6);
  });
});
