import type { Failure, Handlers, Outcome, Peer } from '../../src/protocol/contract';
import type { RecordingSummary, RecordStep } from '../../src/protocol/model';
import type { PanelHostContract, PanelSubject, PanelViewContract } from '../../src/protocol/panelContract';

/**
 * What an experiment's panel is doing: running the image forward, waiting for the user's start, measuring, stopped by the
 * user, done, unable to go on, or without an engine.
 */
export type ExperimentPhase =
  'starting' | 'recording' | 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'down';

export interface ExperimentState {
  readonly phase: ExperimentPhase;
  readonly subject: PanelSubject | null;
  /** The forward pass of the shown image without any change to it. */
  readonly recording: RecordingSummary | null;
  readonly step: RecordStep | null;
  readonly failure: Failure | null;
}

/** What an experiment brings; everything else is the same for all of them. */
export interface Experiment {
  /** What its state is kept by: the image, or all images. */
  readonly key: (subject: PanelSubject) => string;
  /**
   * A subject was opened. `kept` is what `state` said the last time the key was open, perhaps in another version, so it
   * has to be checked; `null` where there is nothing. The answer is how to begin.
   */
  readonly open: (opened: Opened) => Extract<ExperimentPhase, 'waiting' | 'running' | 'paused' | 'done'>;
  /** Measures what is not measured yet, until all is or `signal` aborts. */
  readonly run: (subject: PanelSubject, signal: AbortSignal) => Promise<Outcome<unknown>>;
  /** The host asks for a layer, perhaps before the image has run forward; nothing where left out. */
  readonly showLayer?: (layer: string) => void;
  /** Everything that `open` needs to go on from here: plain data and typed arrays. */
  readonly state: (phase: ExperimentPhase) => unknown;
}

export interface Opened {
  readonly subject: PanelSubject;
  readonly recording: RecordingSummary;
  readonly kept: unknown;
}

export interface ExperimentSession {
  readonly get: () => ExperimentState;
  /** Asks the host what to show and opens it. */
  readonly begin: () => Promise<void>;
  /** Measures, from where it was; what runs already is stopped first. */
  readonly run: () => Promise<void>;
  readonly pause: () => void;
  /** Stops what runs, until the user starts it: settings changed to what should not just start. */
  readonly wait: () => void;
  /** After the engine died or something failed. */
  readonly retry: () => Promise<void>;
  /** What the host may call. */
  readonly calls: Handlers<PanelViewContract>;
}

export interface ExperimentSessionOptions {
  readonly host: Peer<PanelHostContract>;
  readonly experiment: Experiment;
  /** Remembers the subject for a reload of the window. */
  readonly persist: (subject: PanelSubject) => void;
  readonly onChange: () => void;
}

/** How often the state is kept while it measures, in milliseconds. */
const KEEP_EVERY = 2000;

/** One subject after another: runs it forward, measures, pauses, goes on where it was. */
export function createExperimentSession(options: ExperimentSessionOptions): ExperimentSession {
  const { host, experiment, persist } = options;
  const { get, set, fail } = createState(options.onChange);
  const { begin: beginWork, abort, run, stop } = createRunner(options, { get, set, fail });

  const open = async (subject: PanelSubject) => {
    const signal = beginWork();
    persist(subject);
    set({ phase: 'recording', subject, recording: null, step: null, failure: null });
    const recorded = await host.call(
      'record',
      { model: subject.model, image: subject.image },
      { signal, onProgress: ({ step }) => !signal.aborted && set({ step }) },
    );
    if (signal.aborted) return;
    if (!recorded.ok) return fail(recorded.failure);
    const kept = await host.call('recall', { key: experiment.key(subject) });
    if (signal.aborted) return;
    const recording = recorded.value;
    const phase = experiment.open({ subject, recording, kept: kept.ok ? kept.value : null });
    set({ recording, phase });
    if (phase === 'running') await run();
  };

  const begin = async () => {
    const outcome = await host.call('ready', null);
    if (outcome.ok) await open(outcome.value.subject);
    else fail(outcome.failure);
  };

  const retry = async () => {
    const { phase, subject, recording } = get();
    if (phase === 'down') {
      const restarted = await host.call('restartEngine', null);
      if (!restarted.ok) return fail(restarted.failure);
    }
    if (!subject) return begin();
    return recording ? run() : open(subject);
  };

  const calls: Handlers<PanelViewContract> = {
    show: async ({ subject }) => {
      void open(subject);
      return null;
    },
    settings: async () => null,
    revealLayer: async ({ layer }) => {
      experiment.showLayer?.(layer);
      return null;
    },
    engineDown: async (failure) => {
      abort();
      set({ phase: 'down', failure });
      return null;
    },
  };
  return { get, begin, run, retry, pause: () => stop('paused'), wait: () => stop('waiting'), calls };
}

interface StateAccess {
  readonly get: () => ExperimentState;
  readonly set: (changes: Partial<ExperimentState>) => void;
  readonly fail: (failure: Failure) => void;
}

function createState(onChange: () => void): StateAccess {
  let state: ExperimentState = {
    phase: 'starting',
    subject: null,
    recording: null,
    step: null,
    failure: null,
  };
  const set = (changes: Partial<ExperimentState>) => {
    state = { ...state, ...changes };
    onChange();
  };
  const fail = (failure: Failure) => {
    if (failure.kind === 'cancelled') set({ phase: 'paused' });
    else set({ phase: failure.kind === 'gone' ? 'down' : 'failed', failure });
  };
  return { get: () => state, set, fail };
}

/** One piece of work at a time; a newer one ends the older. */
function createRunner({ host, experiment }: ExperimentSessionOptions, { get, set, fail }: StateAccess) {
  let work = new AbortController();
  const keep = async () => {
    const { subject, recording, phase } = get();
    if (!subject || !recording) return;
    await host.call('keep', { key: experiment.key(subject), state: experiment.state(phase) });
  };
  const begin = (): AbortSignal => {
    work.abort();
    work = new AbortController();
    return work.signal;
  };
  const run = async () => {
    const { subject, recording } = get();
    if (!subject || !recording) return;
    const signal = begin();
    set({ phase: 'running', failure: null });
    const keeping = setInterval(() => void keep(), KEEP_EVERY);
    const outcome = await experiment.run(subject, signal);
    clearInterval(keeping);
    if (signal.aborted) return;
    if (outcome.ok) set({ phase: 'done' });
    else fail(outcome.failure);
    await keep();
  };
  const stop = (phase: 'paused' | 'waiting') => {
    work.abort();
    set({ phase, failure: null });
    void keep();
  };
  return { begin, abort: () => work.abort(), run, stop };
}
