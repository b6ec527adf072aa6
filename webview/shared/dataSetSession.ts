import type { Failure, Handlers, Outcome, Peer } from '../../src/protocol/contract';
import type {
  DataSetHostContract,
  DataSetSubject,
  DataSetViewContract,
} from '../../src/protocol/dataSetContract';
import type { ExperimentPhase } from './experimentSession';

export interface DataSetState {
  readonly phase: ExperimentPhase;
  /** `model` while it is being read. */
  readonly step: 'model' | null;
  readonly subject: DataSetSubject | null;
  readonly failure: Failure | null;
}

/** What a panel about a data set brings; everything else is the same for all of them. */
export interface DataSetWork {
  /**
   * Gets ready for a subject. `kept` is what `state` said the last time, perhaps in another version, so it has to be checked;
   * `null` where there is nothing. The answer is how to begin.
   */
  readonly open: (subject: DataSetSubject, kept: unknown) => Promise<Outcome<ExperimentPhase>>;
  /** Starts what runs in the background, or follows it, until it is done or `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<Outcome<unknown>>;
  /** Everything that `open` needs to go on from here: plain data and typed arrays. */
  readonly state: (phase: ExperimentPhase) => unknown;
  readonly revealLayer: (layer: string) => void;
}

export interface DataSetSession {
  readonly get: () => DataSetState;
  /** Asks the host what to show and opens it. */
  readonly begin: () => Promise<void>;
  readonly run: () => Promise<void>;
  readonly pause: () => Promise<void>;
  /** Stops what runs, until the user starts it: settings changed to what should not just start. */
  readonly wait: () => Promise<void>;
  /** After the engine died or something failed. */
  readonly retry: () => Promise<void>;
  /** Keeps the state as it is now. */
  readonly keep: () => Promise<void>;
  readonly fail: (failure: Failure) => void;
  /** What the host may call. */
  readonly calls: Handlers<DataSetViewContract>;
}

export interface DataSetSessionOptions {
  readonly host: Peer<DataSetHostContract>;
  readonly work: DataSetWork;
  /** Remembers the subject for a reload of the window. */
  readonly persist: (subject: DataSetSubject) => void;
  readonly onChange: () => void;
}

/** One subject for all the view's life. What runs belongs to the host: a view that comes back follows it. */
export function createDataSetSession(options: DataSetSessionOptions): DataSetSession {
  const { host, work, persist, onChange } = options;
  let state: DataSetState = { phase: 'starting', step: null, subject: null, failure: null };
  let controller = new AbortController();
  const set = (changes: Partial<DataSetState>) => {
    state = { ...state, ...changes };
    onChange();
  };
  const renew = (): AbortSignal => {
    controller.abort();
    controller = new AbortController();
    return controller.signal;
  };
  const fail = (failure: Failure) => {
    if (failure.kind === 'cancelled') set({ phase: 'paused' });
    else set({ phase: failure.kind === 'gone' ? 'down' : 'failed', failure });
  };
  const keep = async () => {
    if (state.subject) await host.call('keep', { state: work.state(state.phase) });
  };

  const run = async () => {
    const signal = renew();
    set({ phase: 'running', failure: null });
    await keep();
    const outcome = signal.aborted ? null : await work.run(signal);
    if (outcome === null || signal.aborted) return;
    if (outcome.ok) set({ phase: 'done' });
    else fail(outcome.failure);
    await keep();
  };

  const open = async (subject: DataSetSubject) => {
    const signal = renew();
    persist(subject);
    set({ phase: 'recording', step: 'model', subject, failure: null });
    const kept = await host.call('recall', null);
    const opened = await work.open(subject, kept.ok ? kept.value : null);
    if (signal.aborted) return;
    if (!opened.ok) return fail(opened.failure);
    set({ phase: opened.value, step: null });
    if (opened.value === 'running') await run();
  };

  const begin = async () => {
    const outcome = await host.call('ready', null);
    await (outcome.ok ? open(outcome.value) : fail(outcome.failure));
  };

  const stop = async (phase: 'paused' | 'waiting') => {
    controller.abort();
    set({ phase, failure: null });
    await host.call('pause', null);
    await keep();
  };

  const retry = async () => {
    if (state.phase === 'down') {
      const restarted = await host.call('restartEngine', null);
      if (!restarted.ok) return fail(restarted.failure);
    }
    await (state.subject ? open(state.subject) : begin());
  };

  return {
    get: () => state,
    begin,
    run,
    pause: () => stop('paused'),
    wait: () => stop('waiting'),
    retry,
    keep,
    fail,
    calls: callsOf({
      revealLayer: work.revealLayer,
      reload: () => {
        if (state.subject) void open(state.subject);
      },
      engineDown: (failure) => {
        controller.abort();
        set({ phase: 'down', failure });
      },
    }),
  };
}

interface Reactions {
  readonly revealLayer: (layer: string) => void;
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
}

/** Answers at once: what follows from a call takes its own time. */
function callsOf({ revealLayer, reload, engineDown }: Reactions): Handlers<DataSetViewContract> {
  return {
    revealLayer: async ({ layer }) => {
      revealLayer(layer);
      return null;
    },
    reload: async () => {
      reload();
      return null;
    },
    engineDown: async (failure) => {
      engineDown(failure);
      return null;
    },
  };
}
