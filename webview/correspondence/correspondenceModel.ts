import { parseParts, PARTS_NAME, type PartsFile } from '../../src/core/formats/parts';
import type { Failure, Outcome } from '../../src/protocol/contract';
import type { RecordingSummary } from '../../src/protocol/model';
import type { PanelSubject } from '../../src/protocol/panelContract';
import type { ExperimentPage } from '../shared/experimentPage';
import type { Experiment } from '../shared/experimentSession';
import type { RunProgress } from '../shared/runBar';
import { requestFor, restoredComparison, taken, type Compared } from './comparison';
import { defaultSettings, restoredSettings, type CorrespondenceSettings } from './settings';
import { strings } from './strings';

/** What the panel knows. */
export interface CorrespondenceState {
  readonly recording: RecordingSummary;
  readonly settings: CorrespondenceSettings;
  /** `null` until they are read. */
  readonly parts: PartsFile | null;
  /** `null` before there is a plan. */
  readonly compared: Compared | null;
}

export interface CorrespondenceModel extends Experiment {
  /** `null` until a picture has run forward. */
  readonly get: () => CorrespondenceState | null;
  readonly change: (settings: Partial<CorrespondenceSettings>) => void;
  readonly progress: () => RunProgress | null;
}

/** The state of the panel: annotations are read whenever it runs, since they may have changed. */
export function createCorrespondenceModel({ host, session, refresh }: ExperimentPage): CorrespondenceModel {
  let state: CorrespondenceState | null = null;
  const update = (changes: Partial<CorrespondenceState>) => {
    if (!state) return;
    state = { ...state, ...changes };
    refresh();
  };
  const compare = (subject: PanelSubject, parts: PartsFile, signal: AbortSignal) => {
    const { settings, compared } = state!;
    const request = requestFor(subject, parts, settings);
    const known = compared && { key: compared.plan.key, count: compared.steps.length };
    return host.call(
      'correspondence',
      { ...request, ...(known && { known }) },
      {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted && state) update({ compared: taken(state.compared, request, progress) });
        },
      },
    );
  };

  return {
    get: () => state,
    key: ({ images }) => images.join('\n'),
    open: ({ recording, kept }) => {
      const before = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
      state = {
        recording,
        settings: restoredSettings(before.settings) ?? defaultSettings,
        parts: null,
        compared: restoredComparison(before.compared, recording.model.hash),
      };
      return before.paused === true ? 'paused' : 'running';
    },
    run: async (subject, signal): Promise<Outcome<unknown>> => {
      const read = await host.call('readParts', { image: subject.image }, { signal });
      if (!read.ok) return read;
      const { text } = read.value;
      const parts = text === null ? null : parseParts(text, PARTS_NAME);
      update({ parts });
      if (!parts || parts.images.every((image) => image.parts.size === 0)) return { ok: false, failure: noParts }; // prettier-ignore
      return compare(subject, parts, signal);
    },
    state: (phase) =>
      state && { settings: state.settings, compared: state.compared, paused: phase === 'paused' },
    change: (changes) => {
      if (!state) return;
      update({ settings: { ...state.settings, ...changes } });
      void session().run();
    },
    progress: () => {
      const compared = state?.compared;
      return compared ? { done: compared.steps.length, total: compared.plan.steps } : null;
    },
  };
}

const noParts: Failure = { kind: 'user', code: 'no-parts', ...strings.noParts };
