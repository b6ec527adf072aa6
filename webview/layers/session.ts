import type { Failure, Peer } from '../../src/protocol/contract';
import type { MethodName, ProjectRequest, Subject } from '../../src/protocol/model';
import type { PanelHostContract, PanelSubject } from '../../src/protocol/panelContract';
import { findLayer } from './layer';
import { isActive, shownMaps } from './maps';
import { createScheduler, planRows, type Scheduler } from './scheduler';
import { layerStatus, layerView, type PanelState } from './state/panelState';
import type { Store } from './state/store';
import type { TileCache } from './tileCache';

export interface SessionOptions {
  readonly host: Peer<PanelHostContract>;
  readonly store: Store;
  readonly cache: TileCache;
  /** Labels of the layers in the viewport. */
  readonly visible: () => ReadonlySet<string>;
  /** Something more urgent than rows is under way: start none until `wake`. */
  readonly isHeld: () => boolean;
}

/** One subject after the other: runs it forward, keeps its rows filling, stops, resumes and retries. */
export interface Session {
  /** Asks the host what to show and shows it. */
  readonly begin: () => Promise<void>;
  readonly show: (subject: PanelSubject) => void;
  readonly cancel: () => void;
  readonly resume: () => void;
  /** After the engine died or the subject failed. */
  readonly retry: () => Promise<void>;
  readonly engineDown: (failure: Failure) => void;
  readonly setMethod: (method: MethodName) => void;
  /** Something that decides what to request changed: the viewport, the maps shown, a failure forgiven. */
  readonly wake: () => void;
  /** The layer's maps that have to be requested. */
  readonly missing: (layer: string) => readonly number[];
  /** The part of the subject that requests carry. */
  readonly subject: () => Subject;
}

export function createSession(options: SessionOptions): Session {
  const { host, store, cache } = options;
  const subject = () => requestSubject(store.get());
  let recording = new AbortController();

  const fail = (failure: Failure, otherwise: (failure: Failure) => void) => {
    if (failure.kind === 'gone') engineDown(failure);
    else if (failure.kind === 'cancelled') cancel();
    else otherwise(failure);
  };
  const failed = (failure: Failure) => store.dispatch({ type: 'failed', failure });

  const scheduler = createRowScheduler(options, (layer, failure) =>
    fail(failure, () => store.dispatch({ type: 'layerFailed', layer, failure })),
  );

  const stop = () => {
    recording.abort();
    scheduler.stop();
  };

  const record = async () => {
    recording = new AbortController();
    const { signal } = recording;
    const outcome = await host.call('record', subject(), {
      signal,
      onProgress: ({ step }) => {
        if (!signal.aborted) store.dispatch({ type: 'step', step });
      },
    });
    if (signal.aborted) return;
    if (!outcome.ok) return fail(outcome.failure, failed);
    store.dispatch({ type: 'recorded', recording: outcome.value });
    scheduler.wake();
  };

  const show = (next: PanelSubject) => {
    stop();
    cache.clear();
    store.dispatch({ type: 'show', subject: next });
    void record();
  };

  const cancel = () => {
    stop();
    store.dispatch({ type: 'cancel' });
  };

  const engineDown = (failure: Failure) => {
    stop();
    if (store.get().phase !== 'down') store.dispatch({ type: 'engineDown', failure });
  };

  /** Stops first: what is under way would be taken for results of the new method. */
  const setMethod = (method: MethodName) => {
    scheduler.stop();
    store.dispatch({ type: 'method', method });
    scheduler.wake();
  };

  const resume = () => {
    store.dispatch({ type: 'resume' });
    if (store.get().recording) scheduler.wake();
    else void record();
  };

  const begin = async () => {
    const outcome = await host.call('ready', null);
    if (!outcome.ok) return fail(outcome.failure, failed);
    store.dispatch({ type: 'settings', settings: outcome.value.settings });
    show(outcome.value.subject);
  };

  const retry = async () => {
    const { phase, subject: current } = store.get();
    if (phase !== 'down') return current ? show(current) : begin();
    const outcome = await host.call('restartEngine', null);
    if (outcome.ok) resume();
    else store.dispatch({ type: 'engineDown', failure: outcome.failure });
  };

  const { wake } = scheduler;
  const missing = (layer: string) => missingMaps(store.get(), cache, layer);
  return { begin, show, cancel, resume, retry, engineDown, setMethod, wake, missing, subject };
}

function requestSubject({ subject }: PanelState): Subject {
  return { model: subject?.model ?? '', image: subject?.image ?? '' };
}

/** The layer's maps that have to be requested; none while nothing should be. */
function missingMaps(state: PanelState, cache: TileCache, label: string): readonly number[] {
  const layer = findLayer(state, label);
  const view = layerView(state, label);
  if (!layer || state.phase !== 'projecting' || view.collapsed) return [];
  if (layer.summary.faithfulness[state.method].status === 'refused' || layerStatus(state, label).failure)
    return [];
  return shownMaps(layer.recording, view).filter(
    (map) => isActive(layer.recording, map) && !cache.has(state.method, label, map),
  );
}

/** Fills the rows of the subject and method the state has at the time. */
function createRowScheduler(
  { host, store, cache, visible, isHeld }: SessionOptions,
  onFailure: (layer: string, failure: Failure) => void,
): Scheduler {
  return createScheduler({
    plan: () => {
      if (isHeld()) return [];
      const labels = store.get().recording?.layers.map(({ label }) => label) ?? [];
      return planRows(labels, visible(), cache.isFull() ? 'none' : 'all');
    },
    missing: (layer) => missingMaps(store.get(), cache, layer),
    project: (layer, maps, options) => {
      const state = store.get();
      const units = maps.map((map) => ({ map }));
      const request: ProjectRequest = { ...requestSubject(state), layer, units, method: state.method };
      return host.call('project', request, options);
    },
    onUnit: (unit) => {
      cache.add(store.get().method, unit);
      store.dispatch({ type: 'tiles', layer: unit.layer });
    },
    onFailure,
    onBusy: (layers) => store.dispatch({ type: 'busy', layers }),
  });
}
