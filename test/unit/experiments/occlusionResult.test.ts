import { describe, expect, it } from 'vitest';
import {
  cellsOver,
  labelCells,
  occludedPicture,
  rangeOf,
  valueCells,
} from '../../../src/core/experiments/occlusion/pictures';
import {
  activityOf,
  addCells,
  doneWindows,
  emptyResult,
} from '../../../src/core/experiments/occlusion/result';
import { summarise } from '../../../src/core/experiments/occlusion/summary';
import type { OcclusionCells } from '../../../src/core/experiments/occlusion/sweep';
import { sweepGrid, windowAt } from '../../../src/core/experiments/occlusion/windows';
import { HEAT_COLOURS } from '../../../src/core/imaging/display';
import { labelColours } from '../../../src/core/imaging/labelColours';
import type { Picture } from '../../../src/core/imaging/preprocessing';

const grid = sweepGrid({ height: 8, width: 12 }, { size: [4, 4], stride: [4, 4] });

const cells = (windows: number[], numbers: Partial<OcclusionCells> = {}): OcclusionCells => ({
  windows: Int32Array.from(windows),
  activity: Float32Array.from(windows.flatMap((window) => [10 + window, 100 - window])),
  probability: Float32Array.from(windows, (window) => 0.9 - window / 10),
  label: Int32Array.from(windows, (window) => (window > 2 ? 7 : 3)),
  labelProbability: Float32Array.from(windows, () => 0.5),
  ...numbers,
});

const clean = cells([-1], {
  activity: Float32Array.of(12, 100),
  probability: Float32Array.of(0.9),
  label: Int32Array.of(3),
});

const plain = (height: number, width: number, grey: number): Picture => ({
  height,
  width,
  rgba: Uint8Array.from({ length: 4 * height * width }, (_, i) => (i % 4 === 3 ? 255 : grey)),
});

describe('the result of a sweep', () => {
  it('puts cells into their places, in whatever order they come', () => {
    const result = emptyResult(grid, 2, true);
    addCells(result, cells([4, 0]));
    addCells(result, cells([2]));
    expect([...doneWindows(result)]).toEqual([0, 2, 4]);
    expect([...activityOf(result, 1)]).toEqual([100, NaN, 98, NaN, 96, NaN]);
    expect([...result.label]).toEqual([3, -1, 3, -1, 7, -1]);
  });

  it('has no probabilities without a classifier', () => {
    const none = new Float32Array(0);
    const result = emptyResult(grid, 2, false);
    addCells(result, cells([1], { probability: none, label: new Int32Array(0), labelProbability: none }));
    expect([result.probability.length, result.label.length, result.done[1]]).toEqual([0, 0, 1]);
    expect(summarise(result, clean)).toMatchObject({ probability: null, labels: [], decisive: 0 });
  });
});

describe('the summary of a sweep', () => {
  it('finds the largest drops, the classes and the decisive windows among what is measured', () => {
    const result = emptyResult(grid, 2, true);
    addCells(result, cells([0, 1, 2, 3, 5]));
    const summary = summarise(result, clean);
    expect(summary.measured).toBe(5);
    expect(summary.probability).toMatchObject({ window: 5 });
    expect(summary.probability!.hidden).toBeCloseTo(0.4);
    expect(summary.activities).toEqual([
      { window: 0, clean: 12, hidden: 10 },
      { window: 5, clean: 100, hidden: 95 },
    ]);
    expect(summary.labels).toEqual([
      { label: 3, windows: 3 },
      { label: 7, windows: 2 },
    ]);
    // Half of 0.9 is above 0.4 and below 0.6.
    expect(summary.decisive).toBe(1);
  });

  it('says so where no window lowers a number', () => {
    const result = emptyResult(grid, 2, true);
    addCells(result, cells([0], { activity: Float32Array.of(13, 100) }));
    expect(summarise(result, clean)).toMatchObject({ probability: null, activities: [null, null] });
  });
});

describe('maps over the picture', () => {
  it('cover the pixels nearest to each centre, and leave the rest', () => {
    const wide = sweepGrid({ height: 6, width: 10 }, { size: [4, 4], stride: [2, 2] });
    const { rows, columns } = wide;
    const result = emptyResult(wide, 1, false);
    const windows = Array.from({ length: rows * columns }, (_, window) => window);
    addCells(result, cells(windows, { activity: Float32Array.from(windows) }));
    const values = activityOf(result, 0);
    const map = cellsOver(plain(6, 10, 50), valueCells(result, values, rangeOf(values)), wide, 1);
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 10; x++) {
        const near = windows.find((window) => {
          const { top, left } = windowAt(wide, window);
          return Math.abs(y + 0.5 - top - 2) <= 1 && Math.abs(x + 0.5 - left - 2) <= 1;
        });
        const step = Math.round(((near ?? 0) / (windows.length - 1)) * 255);
        const expected = near === undefined ? [50, 50, 50] : [...HEAT_COLOURS.slice(3 * step, 3 * step + 3)];
        expect([...map.rgba.slice(4 * (y * 10 + x), 4 * (y * 10 + x) + 3)]).toEqual(expected);
      }
    }
  });

  it('show the picture where nothing is measured, and mix the two', () => {
    const result = emptyResult(grid, 1, true);
    const colours = labelColours();
    const picture = plain(8, 12, 100);
    expect(cellsOver(picture, labelCells(result, colours), grid, 1)).toEqual(picture);
    addCells(result, cells([0], { activity: Float32Array.of(1) }));
    const half = cellsOver(picture, labelCells(result, colours), grid, 0.5);
    expect(half.rgba[0]).toBe(Math.round((colours(3)[0] + 100) / 2));
  });

  it('have a range of what is measured alone', () => {
    expect(rangeOf(Float32Array.of(NaN, 3, -1, NaN))).toEqual({ low: -1, high: 3 });
    expect(rangeOf(Float32Array.of(NaN))).toEqual({ low: 0, high: 0 });
  });

  it('hide a window as the network sees it', () => {
    const hidden = occludedPicture(plain(8, 12, 9), plain(8, 12, 128), windowAt(grid, 4));
    const grey = Array.from({ length: 96 }, (_, pixel) => hidden.rgba[4 * pixel]);
    const expected = Array.from({ length: 96 }, (_, pixel) => {
      const [y, x] = [Math.floor(pixel / 12), pixel % 12];
      return y >= 4 && x >= 4 && x < 8 ? 128 : 9;
    });
    expect(grey).toEqual(expected);
  });
});

describe('colours of classes', () => {
  it('stay with their class, and differ', () => {
    const colours = labelColours();
    const all = Array.from({ length: 40 }, (_, label) => colours(label).join());
    expect(new Set(all).size).toBe(40);
    expect(colours(17).join()).toBe(all[17]);
    for (const part of all.flatMap((colour) => colour.split(',').map(Number))) {
      expect(Number.isInteger(part) && part >= 0 && part <= 255).toBe(true);
    }
  });
});
