import type { Outcome } from '../../src/protocol/contract';
import type { InvarianceProgress } from '../../src/protocol/invariance';
import type { RecordingSummary } from '../../src/protocol/model';
import type { PanelSubject } from '../../src/protocol/panelContract';
import type { ExperimentPage } from '../shared/experimentPage';
import type { Experiment } from '../shared/experimentSession';
import {
  comparedImages,
  keptMeasurements,
  measurementKey,
  requestFor,
  restoredMeasurements,
  type Measurement,
  type Measurements,
} from './measurement';
import { defaultSettings, restoredSettings, settingValues, type InvarianceSettings } from './settings';

/** What the panel knows. */
export interface InvarianceState {
  readonly subject: PanelSubject;
  readonly recording: RecordingSummary;
  readonly settings: InvarianceSettings;
  readonly measurements: Measurements;
  /** The value of the transformation that is looked at. */
  readonly cursor: number;
}

export interface InvarianceModel extends Experiment {
  /** `null` until a picture has run forward. */
  readonly get: () => InvarianceState | null;
  readonly change: (settings: Partial<InvarianceSettings>) => void;
  readonly point: (cursor: number) => void;
  /** Points that are measured, and points in all. */
  readonly progress: () => { readonly done: number; readonly total: number } | null;
}

/** The state of the panel and how measurements change it. */
export function createInvarianceModel({ host, session, refresh }: ExperimentPage): InvarianceModel {
  let state: InvarianceState | null = null;
  const update = (changes: Partial<InvarianceState>) => {
    if (!state) return;
    state = { ...state, ...changes };
    refresh();
  };
  const take = (key: string, progress: InvarianceProgress) => {
    if (!state) return;
    const before = state.measurements.get(key);
    const next: Measurement | undefined =
      progress.kind === 'plan'
        ? { plan: progress.plan, points: before?.plan.key === progress.plan.key ? before.points : [] }
        : before && { plan: before.plan, points: [...before.points, progress.point] };
    if (next) update({ measurements: new Map(state.measurements).set(key, next) });
  };
  const measure = async (model: string, image: string, signal: AbortSignal): Promise<Outcome<unknown>> => {
    const request = requestFor(model, image, state!.settings);
    const key = measurementKey(request);
    const known = state!.measurements.get(key);
    return host.call(
      'invariance',
      { ...request, ...(known && { known: { key: known.plan.key, count: known.points.length } }) },
      { signal, onProgress: (progress) => !signal.aborted && take(key, progress) },
    );
  };

  return {
    get: () => state,
    key: (subject) => comparedImages(subject).join('\n'),
    open: ({ subject, recording, kept }) => {
      const before = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
      const settings = restoredSettings(before.settings) ?? defaultSettings;
      const measurements = restoredMeasurements(before.measurements, recording.model.hash);
      state = { subject, recording, settings, measurements, cursor: middle(settings) };
      return before.paused === true ? 'paused' : 'running';
    },
    run: async (subject, signal) => {
      let outcome: Outcome<unknown> = { ok: true, value: null };
      for (const image of comparedImages(subject)) {
        outcome = await measure(subject.model, image, signal);
        if (!outcome.ok || signal.aborted) break;
      }
      return outcome;
    },
    state: (phase) =>
      state && {
        settings: state.settings,
        measurements: keptMeasurements(state.measurements),
        paused: phase === 'paused',
      },
    change: (changes) => {
      if (!state) return;
      const settings = { ...state.settings, ...changes };
      update({ settings, cursor: middle(settings) });
      void session().run();
    },
    point: (cursor) => update({ cursor }),
    progress: () => {
      if (!state) return null;
      const { subject, settings, measurements } = state;
      const images = comparedImages(subject);
      const done = images.map((image) => {
        const key = measurementKey(requestFor(subject.model, image, settings));
        return measurements.get(key)?.points.length ?? 0;
      });
      return {
        done: done.reduce((sum, count) => sum + count, 0),
        total: images.length * settings.ranges[settings.kind].steps,
      };
    },
  };
}

function middle(settings: InvarianceSettings): number {
  const values = settingValues(settings);
  return values[Math.floor(values.length / 2)] ?? 0;
}
