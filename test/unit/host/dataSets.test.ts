import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { backgroundRun } from '../../../src/host/dataSets/backgroundRun';
import { dataSetMemory, isSubject } from '../../../src/host/dataSets/dataSetMemory';
import {
  checkedCheckpoint,
  checkedComparison,
  checkedMaps,
  checkedRating,
  checkedUnit,
} from '../../../src/host/dataSets/dataSetRequests';
import type { Outcome } from '../../../src/protocol/contract';

describe('a run in the background', () => {
  interface Started {
    readonly params: string;
    readonly signal: AbortSignal | undefined;
    readonly say: (value: number) => void;
    readonly end: (outcome: Outcome<string>) => void;
  }

  function recordingRun(remembers: 'all' | 'last') {
    const started: Started[] = [];
    const run = backgroundRun<string, number, string>({
      remembers,
      call: (params, { signal, onProgress }) =>
        new Promise((resolve) =>
          started.push({ params, signal, say: (value) => onProgress?.(value), end: resolve }),
        ),
    });
    return { run, started };
  }

  it.each([
    ['all', [1, 2, 3]],
    ['last', [2, 3]],
  ] as const)('is followed by those who come late, who hear %s of it', async (remembers, expected) => {
    const { run, started } = recordingRun(remembers);
    const first = new AbortController();
    const heard: number[] = [];
    void run.follow('a', { signal: first.signal, onProgress: (value) => heard.push(value) });
    started[0]!.say(1);
    first.abort();
    started[0]!.say(2);
    expect(heard).toEqual([1]);
    const late: number[] = [];
    const outcome = run.follow('b', {
      signal: new AbortController().signal,
      onProgress: (value) => late.push(value),
    });
    started[0]!.say(3);
    started[0]!.end({ ok: true, value: 'done' });
    expect(await outcome).toEqual({ ok: true, value: 'done' });
    expect(late).toEqual(expected);
    expect(started.map(({ params }) => params)).toEqual(['a']);
    expect(started[0]!.signal?.aborted).toBe(false);
    expect(run.isRunning()).toBe(false);
  });

  it('begins anew once it was stopped, and hears nothing more of what was', async () => {
    const { run, started } = recordingRun('all');
    const heard: number[] = [];
    const { signal } = new AbortController();
    void run.follow('a', { signal, onProgress: () => undefined });
    run.stop();
    expect([started[0]!.signal?.aborted, run.isRunning()]).toEqual([true, false]);
    const outcome = run.follow('b', { signal, onProgress: (value) => heard.push(value) });
    started[0]!.say(1);
    started[0]!.end({ ok: true, value: 'old' });
    await Promise.resolve();
    expect(run.isRunning()).toBe(true);
    started[1]!.say(2);
    started[1]!.end({ ok: true, value: 'new' });
    expect(await outcome).toEqual({ ok: true, value: 'new' });
    expect(heard).toEqual([2]);
  });
});

describe('what views about data sets send', () => {
  const pictures = path.resolve('/data/photos');
  const unit = { layer: 'conv1', map: 3, position: [1, 2], image: 'b/cat.png' };

  it('names pictures and checkpoints in their folders alone', () => {
    expect(checkedUnit(unit, pictures)).toEqual({ ...unit, image: path.join(pictures, 'b', 'cat.png') });
    expect(checkedCheckpoint({ checkpoint: 'epoch-01.onnx' }, pictures)).toBe(path.join(pictures, 'epoch-01.onnx')); // prettier-ignore
    for (const image of ['../cat.png', 'b/../../cat.png', '/etc/cat.png', '', '.', 'notes.txt', 7, 'a\0.txt'])
      expect(() => checkedUnit({ ...unit, image }, pictures)).toThrow();
    expect(checkedCheckpoint({ checkpoint: 'epoch-1/model.json' }, pictures)).toBe(path.join(pictures, 'epoch-1', 'model.json')); // prettier-ignore
    expect(() => checkedCheckpoint({ checkpoint: '../model.json' }, pictures)).toThrow();
    expect(() => checkedCheckpoint({ checkpoint: 'epoch-1/other.json' }, pictures)).toThrow();
    expect(() => checkedCheckpoint({ checkpoint: '../other.onnx' }, pictures)).toThrow();
    expect(() => checkedCheckpoint({ checkpoint: 'cat.png' }, pictures)).toThrow();
  });

  it('is rebuilt from the fields that it may have', () => {
    expect(checkedMaps({ layer: 'conv1', maps: [0, 5], index: '/etc/x' })).toEqual({ layer: 'conv1', maps: [0, 5] }); // prettier-ignore
    expect(checkedComparison({ maps: 6, seed: 1, models: '/etc' })).toEqual({ maps: 6, seed: 1 });
    expect(checkedComparison({ maps: 6, seed: 1, layers: ['a'] })).toEqual({
      maps: 6,
      seed: 1,
      layers: ['a'],
    });
    for (const bad of [{}, { layer: 'a', maps: [-1] }, { layer: 'a', maps: [0.5] }, { layer: '', maps: [] }])
      expect(() => checkedMaps(bad)).toThrow();
    for (const bad of [{ maps: 'x', seed: 1 }, { maps: 6 }, { maps: 6, seed: 1, layers: 'a' }])
      expect(() => checkedComparison(bad)).toThrow();
    for (const bad of [
      { ...unit, position: [1] },
      { ...unit, position: [1, 2, 3] },
      { ...unit, map: -1 },
    ])
      expect(() => checkedUnit(bad, pictures)).toThrow();
  });

  const rating = {
    pooling: 'max',
    classifiers: ['svm'],
    train: [15, 30],
    test: 20,
    folds: 5,
    seed: 1,
  } as const;

  it('about features is rebuilt, with folds that can be computed', () => {
    expect(checkedRating({ ...rating, store: '/etc/x' })).toEqual(rating);
    expect(checkedRating({ ...rating, layers: ['a'] })).toEqual({ ...rating, layers: ['a'] });
    expect(checkedRating({ ...rating, folds: 0 }).folds).toBe(1);
    expect([0, 51].map((test) => checkedRating({ ...rating, test }).test)).toEqual([1, 50]);
    expect(checkedRating({ ...rating, folds: 1e6 }).folds).toBe(100);
  });

  it.each([
    ['no settings', undefined],
    ['no classifier', { ...rating, classifiers: [] }],
    ['another classifier', { ...rating, classifiers: ['toString'] }],
    ['another pooling', { ...rating, pooling: 'toString' }],
    ['no number of pictures', { ...rating, train: [] }],
    ['none to learn from', { ...rating, train: [15, 0] }],
    ['too many numbers of pictures', { ...rating, train: Array<number>(11).fill(1) }],
    ['a broken seed', { ...rating, seed: 0.5 }],
    ['layers without names', { ...rating, layers: [''] }],
  ])('about features is refused with %s', (_, params) => {
    expect(() => checkedRating(params)).toThrow();
  });
});

describe('the memory of data sets', () => {
  it('has those opened last first, each once, and none that cannot be used', async () => {
    const stored = new Map<string, unknown>();
    const memory = dataSetMemory({
      get: (key) => stored.get(key),
      update: async (key, value) => void stored.set(key, value),
    });
    const [a, b] = [
      { model: '/a.onnx', pictures: '/p' },
      { model: '/b.onnx', pictures: '/p' },
    ] as const;
    for (const subject of [a, b, a]) await memory.remember('topActivations', subject);
    expect(memory.opened('topActivations')).toEqual([a, b]);
    expect(memory.opened('evolution')).toEqual([]);
    stored.set([...stored.keys()][0]!, { topActivations: [a, { model: 1 }, 'x'], evolution: 'x' });
    expect(memory.opened('topActivations')).toEqual([a]);
    expect(memory.opened('evolution')).toEqual([]);
    const elsewhere = { ...a, index: '/data/a.index' };
    await memory.remember('topActivations', elsewhere);
    expect(memory.opened('topActivations')).toEqual([elsewhere, a]);
    expect(isSubject({ ...a, index: 7 })).toBe(false);
    expect([isSubject(null), isSubject({ model: 'a' }), isSubject(a)]).toEqual([false, false, true]);
  });
});
