import { describe, expect, it } from 'vitest';
import type { CallOptions, Failure, Outcome } from '../../src/protocol/contract';
import type { ProjectedUnit } from '../../src/protocol/model';
import { createScheduler, planRows } from '../../webview/layers/scheduler';
import { projectedUnit, settle } from './support';

interface Request {
  readonly layer: string;
  readonly maps: readonly number[];
  readonly options: CallOptions<ProjectedUnit>;
  readonly finish: (outcome?: Outcome<unknown>) => void;
  /** Sends the units that were asked for. */
  readonly deliver: (maps?: readonly number[]) => void;
}

/** A scheduler over layers that miss maps 0, 1, ... and a peer that answers when the test says so. */
function rig(layers: readonly string[], mapsPerLayer = 2) {
  const requests: Request[] = [];
  const have = new Set<string>();
  const failures: [string, Failure][] = [];
  const busy: (readonly string[])[] = [];
  let visible: ReadonlySet<string> = new Set();
  let ahead: 'all' | 'none' = 'all';
  const failed = () => failures.map(([layer]) => layer);
  const scheduler = createScheduler({
    plan: () => planRows(layers, visible, ahead),
    missing: (layer) =>
      failed().includes(layer)
        ? []
        : Array.from({ length: mapsPerLayer }, (_, map) => map).filter((map) => !have.has(`${layer}/${map}`)),
    project: (layer, maps, options) =>
      new Promise((resolve) => {
        options.signal?.addEventListener('abort', () => resolve({ ok: false, failure: cancelledFailure }));
        requests.push({
          layer,
          maps,
          options,
          finish: (outcome = { ok: true, value: null }) => resolve(outcome),
          deliver: (only = maps) => only.forEach((map) => options.onProgress?.(projectedUnit(layer, map))),
        });
      }),
    onUnit: (unit) => have.add(`${unit.layer}/${unit.map}`),
    onFailure: (layer, failure) => failures.push([layer, failure]),
    onBusy: (now) => busy.push(now),
  });
  const complete = async (index: number) => {
    requests[index]!.deliver();
    requests[index]!.finish();
    await settle();
  };
  return {
    scheduler,
    requests,
    have,
    failures,
    busy,
    complete,
    asked: () => requests.map(({ layer }) => layer),
    look: (...seen: string[]) => (visible = new Set(seen)),
    onlyVisible: () => (ahead = 'none'),
  };
}

const cancelledFailure: Failure = { kind: 'cancelled', code: 'cancelled', message: '', hint: '' };
const userFailure: Failure = { kind: 'user', code: 'x', message: 'No.', hint: '' };
const six = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('the plan', () => {
  it('has the visible rows first, then those below, then those above, nearest first', () => {
    expect(planRows(six, new Set(['c', 'd']), 'all')).toEqual(['c', 'd', 'e', 'f', 'b', 'a']);
  });

  it('has only the visible rows when nothing may be fetched ahead', () => {
    expect(planRows(six, new Set(['c', 'd']), 'none')).toEqual(['c', 'd']);
  });

  it('starts at the top before anything is known to be visible', () => {
    expect(planRows(six, new Set(), 'all')).toEqual(six);
  });
});

describe('the scheduler', () => {
  it('asks for two layers at a time, visible ones first', async () => {
    const { scheduler, look, asked, complete } = rig(six);
    look('d');
    scheduler.wake();
    expect(asked()).toEqual(['d', 'e']);
    await complete(0);
    expect(asked()).toEqual(['d', 'e', 'f']);
  });

  it('postpones a row that left the viewport before it was started', async () => {
    const { scheduler, look, asked, complete } = rig(six);
    look('a', 'b', 'c');
    scheduler.wake();
    look('e', 'f');
    await complete(0);
    expect(asked()).toEqual(['a', 'b', 'e']);
  });

  it('fills every row in the end, each map once', async () => {
    const { scheduler, requests, have, complete } = rig(six);
    scheduler.wake();
    for (let index = 0; index < requests.length; index++) await complete(index);
    expect(have.size).toBe(12);
    expect(requests).toHaveLength(6);
  });

  it('splits a long row into requests of nine', async () => {
    const { scheduler, requests, complete } = rig(['a'], 20);
    scheduler.wake();
    for (let index = 0; index < requests.length; index++) await complete(index);
    expect(requests.map(({ maps }) => maps.length)).toEqual([9, 9, 2]);
  });

  it('asks for nothing ahead when told so', async () => {
    const { scheduler, look, onlyVisible, asked, complete } = rig(six);
    look('b');
    onlyVisible();
    scheduler.wake();
    await complete(0);
    expect(asked()).toEqual(['b']);
  });

  it('goes on with the other layers when one fails', async () => {
    const { scheduler, requests, failures, asked } = rig(six);
    scheduler.wake();
    requests[0]!.finish({ ok: false, failure: userFailure });
    await settle();
    expect(failures).toEqual([['a', userFailure]]);
    expect(asked()).toEqual(['a', 'b', 'c']);
  });

  it('reports an answer that lacks maps instead of asking for ever', async () => {
    const { scheduler, requests, failures } = rig(['a']);
    scheduler.wake();
    requests[0]!.deliver([0]);
    requests[0]!.finish();
    await settle();
    expect(failures.map(([layer, { kind }]) => [layer, kind])).toEqual([['a', 'bug']]);
    expect(requests).toHaveLength(1);
  });

  it('aborts what is under way at once when stopped, and takes nothing that comes late', async () => {
    const { scheduler, requests, have, busy, failures } = rig(six);
    scheduler.wake();
    scheduler.stop();
    expect(requests.every(({ options }) => options.signal?.aborted)).toBe(true);
    expect(busy.at(-1)).toEqual([]);
    requests[0]!.deliver();
    await settle();
    expect(have.size).toBe(0);
    expect(failures).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  it('goes on after a stop with what is still missing', async () => {
    const { scheduler, requests, asked } = rig(six);
    scheduler.wake();
    requests[0]!.deliver();
    scheduler.stop();
    scheduler.wake();
    expect(asked()).toEqual(['a', 'b', 'b', 'c']);
  });
});
