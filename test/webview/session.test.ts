import { describe, expect, it } from 'vitest';
import type { Failure, Outcome, Peer } from '../../src/protocol/contract';
import type { ProjectRequest, Subject } from '../../src/protocol/model';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { createSession } from '../../webview/layers/session';
import { INITIAL_STATE, layerStatus } from '../../webview/layers/state/panelState';
import { createStore } from '../../webview/layers/state/store';
import { createTileCache } from '../../webview/layers/tileCache';
import { defaultScenario, subject } from './harness/scenario';
import { syntheticRecording, syntheticUnit } from './harness/syntheticModel';
import { settle } from './support';

interface Call {
  readonly method: string;
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
  readonly progress: (value: unknown) => void;
  readonly answer: (outcome: Outcome<unknown>) => void;
}

const gone: Failure = { kind: 'gone', code: 'gone', message: 'It ended.', hint: '' };
const userFailure: Failure = { kind: 'user', code: 'x', message: 'No.', hint: '' };

/** A session whose host answers when the test says so; cancelled calls are answered by the channel. */
function rig() {
  const calls: Call[] = [];
  const host: Peer<PanelHostContract> = {
    call: (method, params, options = {}) =>
      new Promise((resolve) => {
        const { signal } = options;
        signal?.addEventListener('abort', () =>
          resolve({ ok: false, failure: { kind: 'cancelled', code: 'cancelled', message: '', hint: '' } }),
        );
        calls.push({
          method,
          params,
          signal,
          progress: (value) => options.onProgress?.(value as never),
          answer: (outcome) => resolve(outcome),
        });
      }),
  };
  const store = createStore(INITIAL_STATE);
  const cache = createTileCache({ limitBytes: 2 ** 30, distance: () => 1 });
  let held = false;
  const session = createSession({ host, store, cache, visible: () => new Set(), isHeld: () => held });
  const open = (method: string) => calls.filter((call) => call.method === method);
  const last = (method: string) => open(method).at(-1)!;
  const record = async () => {
    const { image } = last('record').params as Subject;
    last('record').answer({ ok: true, value: syntheticRecording(defaultScenario, image) });
    await settle();
  };
  const project = async (call: Call) => {
    const { layer, image, units, method } = call.params as ProjectRequest;
    units.forEach((unit, index) =>
      call.progress(syntheticUnit(defaultScenario, image, layer, index, unit, method)),
    );
    call.answer({ ok: true, value: { milliseconds: 1 } });
    await settle();
  };
  return {
    session,
    store,
    cache,
    calls,
    open,
    last,
    record,
    project,
    hold: (hold: boolean) => (held = hold),
  };
}

async function recorded() {
  const all = rig();
  all.session.show(subject);
  await all.record();
  return all;
}

const layersAsked = (calls: readonly Call[]) => calls.map(({ params }) => (params as ProjectRequest).layer);

describe('a session', () => {
  it('asks the host what to show, records it and fills its rows', async () => {
    const { session, store, open, last, record } = rig();
    void session.begin();
    last('ready').answer({ ok: true, value: { subject, settings: defaultScenario.settings } });
    await settle();
    expect(last('record').params).toEqual({ model: subject.model, image: subject.image });
    await record();
    expect(store.get().phase).toBe('projecting');
    expect(layersAsked(open('project'))).toEqual(['conv1', 'conv2']);
  });

  it('never asks for refused layers, inactive maps or collapsed rows', async () => {
    const { session, store, open, project } = await recorded();
    store.dispatch({ type: 'layer', layer: 'conv3', view: { collapsed: true } });
    for (let index = 0; index < open('project').length; index++) await project(open('project')[index]!);
    expect(layersAsked(open('project'))).toEqual(['conv1', 'conv2', 'conv4', 'conv5', 'fc6', 'fc8']);
    expect(session.missing('conv3')).toEqual([]);
  });

  it('abandons everything when a newer subject is shown, and takes no late result', async () => {
    const { session, store, cache, open, last, project } = await recorded();
    const old = open('project')[0]!;
    session.show({ ...subject, image: subject.images[1]! });
    expect(old.signal?.aborted).toBe(true);
    await project(old);
    expect(cache.bytes()).toBe(0);
    expect(store.get().phase).toBe('recording');
    expect((last('record').params as Subject).image).toBe(subject.images[1]);
  });

  it('ignores the recording of a subject that was replaced', async () => {
    const { session, store, open } = rig();
    session.show(subject);
    session.show({ ...subject, image: subject.images[1]! });
    open('record')[0]!.answer({ ok: true, value: syntheticRecording(defaultScenario, subject.image) });
    await settle();
    expect(store.get().recording).toBeNull();
  });

  it('cancels at once and resumes with what is missing', async () => {
    const { session, store, open, project } = await recorded();
    await project(open('project')[0]!);
    session.cancel();
    expect(store.get().phase).toBe('cancelled');
    expect(
      open('project')
        .slice(1)
        .every(({ signal }) => signal?.aborted),
    ).toBe(true);
    const before = open('project').length;
    session.wake();
    expect(open('project')).toHaveLength(before);
    session.resume();
    expect(layersAsked(open('project').slice(before))).toEqual(['conv2', 'conv3']);
  });

  it('drops results under way when the method changes', async () => {
    const { session, cache, open, project } = await recorded();
    const old = open('project')[0]!;
    session.setMethod('gradient');
    await project(old);
    expect(cache.get('gradient', 'conv1', 1)).toBeUndefined();
    expect((open('project').at(-1)!.params as ProjectRequest).method).toBe('gradient');
  });

  it('keeps one failing layer to itself', async () => {
    const { store, open } = await recorded();
    open('project')[0]!.answer({ ok: false, failure: userFailure });
    await settle();
    expect(layerStatus(store.get(), 'conv1').failure).toEqual(userFailure);
    expect(store.get().phase).toBe('projecting');
    expect(layersAsked(open('project')).at(-1)).toBe('conv3');
  });

  it('goes down with the engine, and on with the same recording after a restart', async () => {
    const { session, store, open, last } = await recorded();
    open('project')[0]!.answer({ ok: false, failure: gone });
    await settle();
    expect(store.get()).toMatchObject({ phase: 'down', failure: gone });
    void session.retry();
    last('restartEngine').answer({ ok: true, value: null });
    await settle();
    expect(store.get().phase).toBe('projecting');
    expect(open('record')).toHaveLength(1);
    expect(layersAsked(open('project').slice(-2))).toEqual(['conv1', 'conv2']);
  });

  it('stays down when the engine does not start', async () => {
    const { session, store, last } = await recorded();
    session.engineDown(gone);
    void session.retry();
    last('restartEngine').answer({ ok: false, failure: userFailure });
    await settle();
    expect(store.get()).toMatchObject({ phase: 'down', failure: userFailure });
  });

  it('shows the subject again after it failed', async () => {
    const { session, store, open, last } = rig();
    session.show(subject);
    last('record').answer({ ok: false, failure: userFailure });
    await settle();
    expect(store.get()).toMatchObject({ phase: 'failed', failure: userFailure });
    void session.retry();
    expect(open('record')).toHaveLength(2);
  });

  it('starts no row while something more urgent is under way', async () => {
    const { session, open, project, hold } = await recorded();
    hold(true);
    await project(open('project')[0]!);
    expect(open('project')).toHaveLength(2);
    hold(false);
    session.wake();
    expect(open('project')).toHaveLength(3);
  });
});
