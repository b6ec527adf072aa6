import type { Rating } from '../../src/core/experiments/features/rateFeatures';
import type { FeaturesHostContract } from '../../src/protocol/dataSetContract';
import type { RatePlan, RatePreparation, RateProgress } from '../../src/protocol/features';
import type { ModelSummary } from '../../src/protocol/model';
import type { DataSetPage, DataSetView } from '../shared/dataSetPage';
import type { DataSetWork } from '../shared/dataSetSession';
import { restoredSettings, type FeaturesSettings } from './settings';

/** What the panel knows. */
export interface FeaturesState {
  readonly settings: FeaturesSettings;
  /** `null` until it is read. */
  readonly model: ModelSummary | null;
  /** How far it is before there is a plan. */
  readonly preparation: RatePreparation | null;
  /** `null` before all features are there. */
  readonly plan: RatePlan | null;
  readonly ratings: readonly Rating[];
}

export interface FeaturesModel extends DataSetWork, Pick<DataSetView, 'progress'> {
  readonly get: () => FeaturesState;
  readonly change: (settings: Partial<FeaturesSettings>) => void;
}

const nothing = { preparation: null, plan: null, ratings: [] } as const;

export function createFeaturesModel({
  host,
  session,
  refresh,
}: DataSetPage<FeaturesHostContract>): FeaturesModel {
  let state: FeaturesState = { settings: restoredSettings(null), model: null, ...nothing };
  const update = (changes: Partial<FeaturesState>) => {
    state = { ...state, ...changes };
    refresh();
  };
  const take = (progress: RateProgress) => {
    if (progress.kind === 'plan') update({ plan: progress.plan });
    else if (progress.kind === 'rating') update({ ratings: [...state.ratings, progress.rating] });
    else update({ preparation: progress });
  };

  return {
    get: () => state,
    progress: () => {
      const { preparation, plan, ratings } = state;
      if (plan) return { done: ratings.length, total: plan.ratings };
      if (!preparation || preparation.kind === 'looking') return null;
      return { done: preparation.done, total: preparation.of };
    },
    open: async (_, kept) => {
      update(restoredState(kept));
      const model = await host.call('openModel', null);
      if (!model.ok) return model;
      update({ model: model.value });
      const rating = await host.call('isRating', null);
      if (!rating.ok) return rating;
      // It can take long, so it begins when the user says so.
      return { ok: true, value: rating.value ? 'running' : state.plan ? 'done' : 'waiting' };
    },
    run: (signal) => {
      update(nothing);
      const { layers, ...settings } = state.settings;
      return host.call(
        'rate',
        { ...settings, ...(layers && { layers }) },
        {
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) take(progress);
          },
        },
      );
    },
    // Features are kept by the engine; ratings are worth their place as a whole.
    state: (phase) => {
      const { settings, plan, ratings } = state;
      return phase === 'done' ? { settings, plan, ratings } : { settings };
    },
    revealLayer: () => undefined,
    change: (changes) => {
      update({ settings: { ...state.settings, ...changes }, ...nothing });
      void session().wait();
    },
  };
}

function restoredState(kept: unknown): Omit<FeaturesState, 'model'> {
  const before = typeof kept === 'object' && kept !== null ? (kept as Partial<FeaturesState>) : {};
  const settings = restoredSettings(before.settings);
  const { plan, ratings } = before;
  const isWhole = plan && Array.isArray(plan.classes) && Array.isArray(ratings) && ratings.length > 0;
  return isWhole ? { settings, preparation: null, plan, ratings } : { settings, ...nothing };
}
