import type { Failure, Outcome, Peer } from '../../src/protocol/contract';
import type {
  LayerRecording,
  LayerSummary,
  MethodName,
  ProjectRequest,
  Subject,
} from '../../src/protocol/model';
import type { PanelHostContract, PanelSubject } from '../../src/protocol/panelContract';
import { isActive, shownMaps } from './maps';
import { createScheduler, planRows } from './scheduler';
import { layerStatus, layerView } from './state/panelState';
import type { Store } from './state/store';
import type { TileCache } from './tileCache';

export interface SessionOptions {
  readonly host: Peer<PanelHostContract>;
  readonly store: Store;
  readonly cache: TileCache;
  /** Labels of the layers in the viewport. */
  readonly visible: () => ReadonlySet<string>;
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
  /** Something that decides what to request changed: the viewport, the method, the maps shown. */
  readonly wake: () => void;
  readonly missing: (layer: string) => readonly number[];
  /** The request about this subject that the engine's calls take. */
  readonly subject: () => Subject;
}

export function createSession({ host, store, cache, visible }: SessionOptions): Session {
  let recording = new AbortController();

  const subject = (): Subject => {
    const { model, image } = store.get().subject ?? { model: '', image: '' };
    return { model, image };
  };

  const missing = (label: string): readonly number[] => {
    const state = store.get();
    const layer = findLayer(store, label);
    const view = layerView(state, label);
    if (!layer || state.phase !== 'projecting' || view.collapsed) return [];
    if (layer.summary.faithfulness.status === 'refused' || layerStatus(state, label).failure) return [];
    return shownMaps(layer.recording, view).filter(
      (map) => isActive(layer.recording, map) && !cache.has(state.method, label, map),
    );
  };

  const scheduler = createScheduler({
    plan: () => {
      const labels = store.get().recording?.layers.map(({ label }) => label) ?? [];
      return planRows(labels, visible(), cache.isFull() ? 'none' : 'all');
    },
    missing,
    project: (layer, maps, options) => {
      const units = maps.map((map) => ({ map }));
      const request: ProjectRequest = { ...subject(), layer, units, method: store.get().method };
      return host.call('project', request, options);
    },
    onUnit: (unit) => {
      cache.add(store.get().method, unit);
      store.dispatch({ type: 'tiles', layer: unit.layer });
    },
    onFailure: (layer, failure) => {
      if (failure.kind === 'gone') engineDown(failure);
      else if (failure.kind === 'cancelled') cancel();
      else store.dispatch({ type: 'layerFailed', layer, failure });
    },
    onBusy: (layers) => store.dispatch({ type: 'busy', layers }),
  });

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
    if (outcome.ok) {
      store.dispatch({ type: 'recorded', recording: outcome.value });
      scheduler.wake();
    } else fail(outcome.failure);
  };

  const fail = (failure: Failure) => {
    if (failure.kind === 'gone') engineDown(failure);
    else if (failure.kind === 'cancelled') cancel();
    else store.dispatch({ type: 'failed', failure });
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
    const outcome: Outcome<PanelHostContract['ready']['result']> = await host.call('ready', null);
    if (!outcome.ok) return fail(outcome.failure);
    store.dispatch({ type: 'settings', settings: outcome.value.settings });
    show(outcome.value.subject);
  };

  const retry = async () => {
    const { phase, subject: current } = store.get();
    if (phase === 'down') {
      const outcome = await host.call('restartEngine', null);
      if (outcome.ok) resume();
      else store.dispatch({ type: 'engineDown', failure: outcome.failure });
    } else if (current) show(current);
    else await begin();
  };

  return {
    begin,
    show,
    cancel,
    resume,
    retry,
    engineDown,
    setMethod,
    wake: scheduler.wake,
    missing,
    subject,
  };
}

export interface Layer {
  readonly summary: LayerSummary;
  readonly recording: LayerRecording;
}

/** A layer of the recorded model by its label. */
export function findLayer(store: Store, label: string): Layer | undefined {
  const result = store.get().recording;
  const summary = result?.model.layers.find((layer) => layer.label === label);
  const recording = result?.layers.find((layer) => layer.label === label);
  return summary && recording && { summary, recording };
}
