import { describe, expect, it } from 'vitest';
import { emptyResult } from '../../src/core/experiments/occlusion/result';
import { sweepGrid } from '../../src/core/experiments/occlusion/windows';
import {
  defaultSettings,
  parsePair,
  restoredSettings,
  type SweepSettings,
} from '../../webview/occlusion/settings';
import { parseLabel } from '../../webview/shared/labels';
import { restoredSweep } from '../../webview/occlusion/sweep';

describe('the settings of a sweep', () => {
  it.each([
    ['32', [32, 32]],
    [' 32 x 24 ', [32, 24]],
    ['32×24', [32, 24]],
    ['0', [0, 0]],
    ['', null],
    ['big', null],
    ['1.5', null],
    ['-3', null],
    ['1 x 2 x 3', null],
  ])('%j are %j', (text, pair) => {
    expect(parsePair(text)).toEqual(pair);
  });

  it.each([
    [224, 224, 32, 8],
    [32, 32, 5, 1],
    [48, 192, 7, 2],
    [1, 1, 1, 1],
  ])('start for %d x %d with a square of %d and a stride of %d', (height, width, side, step) => {
    const { size, stride } = defaultSettings({ height, width });
    expect([size, stride]).toEqual([
      [side, side],
      [step, step],
    ]);
    expect(() => sweepGrid({ height, width }, { size, stride })).not.toThrow();
  });

  it.each([
    ['1', 1],
    ['1: tabby, cat', 1],
    ['Tabby, Cat', 1],
    ['crane', null],
    ['9', null],
    ['', null],
  ])('take %j for class %j', (text, label) => {
    expect(parseLabel(text, ['crane', 'tabby, cat', 'crane'])).toBe(label);
  });

  it('come back as they were kept, and not at all where they are damaged', () => {
    const settings: SweepSettings = {
      size: [32, 24],
      stride: [8, 8],
      fill: 'blur',
      maps: [{ layer: 'conv5', map: 3 }],
      label: null,
    };
    expect(restoredSettings({ ...settings, extra: 1 })).toEqual(settings);
    const damaged = [
      null,
      'x',
      {},
      { ...settings, size: [32] },
      { ...settings, fill: [1, 2, 300] },
      { ...settings, maps: [] },
      { ...settings, maps: [{ layer: 3, map: 1 }] },
      { ...settings, label: 'cat' },
    ];
    for (const value of damaged) expect(restoredSettings(value)).toBeNull();
  });
});

describe('a sweep that was kept', () => {
  const grid = sweepGrid({ height: 8, width: 8 }, { size: [4, 4], stride: [4, 4] });
  const plan = { key: 'k', modelHash: 'h', label: 1, maps: [{ layer: 'a', map: 0 }] };
  const result = { ...emptyResult(grid, 1, true), done: Uint8Array.of(1, 0, 1, 0) };

  it('goes on with the windows that are measured', () => {
    expect(restoredSweep({ plan, result }, 'h')).toMatchObject({ done: 2 });
  });

  it.each([
    ['nothing', null],
    ['another model', { plan: { ...plan, modelHash: 'other' }, result }],
    ['no result', { plan }],
    ['arrays of another length', { plan, result: { ...result, activity: new Float32Array(3) } }],
    ['lists instead of arrays', { plan, result: { ...result, done: [1, 0, 1, 0] } }],
  ])('starts anew with %s', (_, value) => {
    expect(restoredSweep(value, 'h')).toBeNull();
  });
});
