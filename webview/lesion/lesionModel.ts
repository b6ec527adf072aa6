import type { Outcome } from '../../src/protocol/contract';
import type { LesionAnswer, LesionPlan, LesionProgress, LesionRequest } from '../../src/protocol/lesion';
import type { RecordingSummary } from '../../src/protocol/model';
import type { PanelSubject } from '../../src/protocol/panelContract';
import type { ExperimentPage } from '../shared/experimentPage';
import type { Experiment } from '../shared/experimentSession';
import { defaultSettings, restoredSettings, type LesionSettings } from './settings';

/** A plan and the answers so far, in its order. */
export interface Answered {
  readonly plan: LesionPlan;
  readonly answers: readonly LesionAnswer[];
}

/** What the panel knows. */
export interface LesionState {
  readonly recording: RecordingSummary;
  readonly settings: LesionSettings;
  /** The ranking; `null` before its plan. */
  readonly ranking: Answered | null;
  /** What is answered with everything switched off that is; `null` before it is known. */
  readonly current: Answered | null;
}

export interface LesionModel extends Experiment {
  /** `null` until a picture has run forward. */
  readonly get: () => LesionState | null;
  readonly change: (settings: Partial<LesionSettings>) => void;
  /** Lesions that are measured, and lesions in all. */
  readonly progress: () => { readonly done: number; readonly total: number } | null;
}

/** The state of the panel: the user's own lesion is measured first, then the ranking. */
export function createLesionModel({ host, session, refresh }: ExperimentPage): LesionModel {
  let state: LesionState | null = null;
  const update = (changes: Partial<LesionState>) => {
    if (!state) return;
    state = { ...state, ...changes };
    refresh();
  };
  const measure = (
    { model, image }: PanelSubject,
    part: 'ranking' | 'current',
    { lesions, signal }: { readonly lesions: LesionRequest['lesions']; readonly signal: AbortSignal },
  ): Promise<Outcome<unknown>> => {
    const { settings, [part]: before } = state!;
    const { mode, label } = settings;
    const known = before && { key: before.plan.key, count: before.answers.length };
    const request: LesionRequest = {
      model,
      image,
      mode,
      lesions,
      ...(label !== null && { label }),
      ...(known && { known }),
    };
    const onProgress = (progress: LesionProgress) => {
      if (!signal.aborted && state) update({ [part]: taken(state[part], progress) });
    };
    return host.call('lesion', request, { signal, onProgress });
  };

  return {
    get: () => state,
    key: ({ image }) => image,
    open: ({ recording, kept }) => {
      const before = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
      state = {
        recording,
        settings: restoredSettings(before.settings) ?? defaultSettings,
        ranking: restoredAnswers(before.ranking, recording.model.hash),
        current: restoredAnswers(before.current, recording.model.hash),
      };
      return before.paused === true ? 'paused' : 'running';
    },
    run: async (subject, signal) => {
      const { off, ranked } = state!.settings;
      const current = await measure(subject, 'current', { lesions: [off], signal });
      if (!current.ok || signal.aborted) return current;
      return measure(subject, 'ranking', {
        lesions: ranked === null ? 'layers' : { mapsOf: ranked },
        signal,
      });
    },
    state: (phase) =>
      state && {
        settings: state.settings,
        ranking: state.ranking,
        current: state.current,
        paused: phase === 'paused',
      },
    change: (changes) => {
      if (!state) return;
      update({ settings: { ...state.settings, ...changes } });
      void session().run();
    },
    progress: () => {
      const ranking = state?.ranking;
      return ranking ? { done: ranking.answers.length, total: ranking.plan.steps } : null;
    },
  };
}

/** What is measured stays where the plan measures the same. */
function taken(before: Answered | null, progress: LesionProgress): Answered | null {
  if (progress.kind === 'answers')
    return before && { ...before, answers: [...before.answers, ...progress.answers] };
  const { plan } = progress;
  return { plan, answers: before?.plan.key === plan.key ? before.answers : [] };
}

/** Answers that an earlier view kept; `null` where they are measured again. */
function restoredAnswers(value: unknown, modelHash: string): Answered | null {
  if (typeof value !== 'object' || value === null) return null;
  const { plan, answers } = value as Partial<Answered>;
  if (typeof plan?.key !== 'string' || plan.modelHash !== modelHash || !Array.isArray(answers)) return null;
  return { plan, answers: answers as readonly LesionAnswer[] };
}
