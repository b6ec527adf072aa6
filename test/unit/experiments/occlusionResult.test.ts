import { describe, expect, it } from 'vitest';
import {
  cellsOver,
  labelCells,
  occludedPicture,
  rangeOf,
  valueCells,
} from '../../../src/core/experiments/occlusion/pictures';
import type { SweepPlan } from '../../../src/core/experiments/occlusion/plan';
import { cellTable, dropTable } from '../../../src/core/experiments/occlusion/report';
import {
  activityOf,
  addCells,
  doneWindows,
  emptyResult,
} from '../../../src/core/experiments/occlusion/result';
import { summarySentences } from '../../../src/core/experiments/occlusion/sentences';
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

describe('the tables of a sweep', () => {
  const plan: SweepPlan = {
    grid,
    fill: 'blur',
    maps: [
      { layer: 'conv2', map: 7 },
      { layer: 'fc', map: 0 },
    ],
    label: 3,
    labels: ['a', 'b', 'c', 'cat, tabby', 'e', 'f', 'g', 'dog'],
    clean,
    notes: [],
  };
  const result = emptyResult(grid, 2, true);
  addCells(result, cells([0, 1, 2, 3, 5]));

  it('name the window that lowers each number most, and how much of it is lost', () => {
    expect(dropTable({ plan, result }).rows).toEqual([
      ['Probability of cat', '90.0 %', '40.0 %', '55.6 %', '4 to 7', '8 to 11'],
      ['Activity of conv2 map 7', '12.0', '10.0', '16.7 %', '0 to 3', '0 to 3'],
      ['Activity of fc map 0', '100', '95.0', '5.0 %', '4 to 7', '8 to 11'],
    ]);
    const untouched = emptyResult(grid, 2, false);
    const rows = dropTable({ plan: { ...plan, label: null, labels: [] }, result: untouched }).rows;
    expect(rows.map(([name, ...numbers]) => [name, new Set(numbers)])).toEqual([
      ['Activity of conv2 map 7', new Set(['–'])],
      ['Activity of fc map 0', new Set(['–'])],
    ]);
  });

  it('have a row for each measured window', () => {
    const { head, rows } = cellTable({ plan, result });
    expect(head.slice(-2)).toEqual(['conv2 map 7', 'fc map 0']);
    expect(rows).toHaveLength(5);
    expect(rows[4]).toEqual([1, 2, 4, 8, 4, 4, Math.fround(0.4), 7, 'dog', 0.5, 15, 95]);
  });

  it('say the same in words', () => {
    expect(summarySentences({ plan, result })).toEqual([
      'cat falls from 90.0 % to 40.0 % when rows 4 to 7, columns 8 to 11 are hidden.',
      "20.0 % of the windows take more than half of cat's probability away.",
      'It turns into dog (40.0 %).',
      'conv2 map 7 falls from 12.0 to 10.0 when rows 0 to 3, columns 0 to 3 are hidden.',
      'fc map 0 falls from 100 to 95.0 when rows 4 to 7, columns 8 to 11 are hidden.',
    ]);
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
