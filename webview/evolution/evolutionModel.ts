import type { EvolutionHostContract } from '../../src/protocol/dataSetContract';
import type {
  Convergence,
  EvolutionCell,
  EvolutionPlan,
  EvolutionProgress,
} from '../../src/protocol/evolution';
import type { ScanProblem } from '../../src/protocol/topActivations';
import type { DataSetPage } from '../shared/dataSetPage';
import type { DataSetWork } from '../shared/dataSetSession';
import { restoredSettings, type EvolutionSettings } from './settings';
import { strings } from './strings';

/** What the panel knows. */
export interface EvolutionState {
  readonly settings: EvolutionSettings;
  /** `null` before it is known what is compared. */
  readonly plan: EvolutionPlan | null;
  readonly cells: readonly EvolutionCell[];
  /** What could not be read. */
  readonly problems: readonly ScanProblem[];
  /** `null` before all is compared. */
  readonly curves: readonly Convergence[] | null;
}

export interface EvolutionModel extends DataSetWork {
  readonly get: () => EvolutionState;
  readonly change: (settings: Partial<EvolutionSettings>) => void;
}

const nothing = { plan: null, cells: [], problems: [], curves: null } as const;

export function createEvolutionModel({
  host,
  session,
  refresh,
}: DataSetPage<EvolutionHostContract>): EvolutionModel {
  let state: EvolutionState = { settings: restoredSettings(null), ...nothing };
  const update = (changes: Partial<EvolutionState>) => {
    state = { ...state, ...changes };
    refresh();
  };
  const take = (progress: EvolutionProgress) => {
    if (progress.kind === 'plan') update({ ...nothing, plan: progress.plan, problems: progress.problems });
    else
      update({
        cells: [...state.cells, ...progress.cells],
        problems: [...state.problems, ...progress.problems],
      });
  };

  return {
    get: () => state,
    open: async (_, kept) => {
      state = restoredState(kept);
      const comparing = await host.call('isComparing', null);
      if (!comparing.ok) return comparing;
      if (comparing.value) return { ok: true, value: 'running' };
      const isPaused = (kept as { readonly phase?: unknown } | null)?.phase === 'paused';
      return { ok: true, value: state.curves ? 'done' : isPaused ? 'paused' : 'running' };
    },
    run: async (signal) => {
      const { layers, maps, seed } = state.settings;
      const outcome = await host.call(
        'compare',
        { maps, seed, ...(layers && { layers }) },
        {
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) take(progress);
          },
        },
      );
      if (outcome.ok && !signal.aborted) update({ curves: outcome.value });
      return outcome;
    },
    // What is half done is compared from the beginning: only a whole is worth its place.
    state: (phase) => (state.curves ? { ...state, phase } : { settings: state.settings, phase }),
    revealLayer: () => undefined,
    change: (changes) => {
      update({ settings: { ...state.settings, ...changes } });
      // The contrast is a matter of looking; all else has to be compared anew.
      void ('contrast' in changes ? session().keep() : session().wait().then(session().run));
    },
  };
}

/** What a checkpoint is called: its epoch, or its file where it has none. */
export function checkpointName({ name, epoch }: EvolutionPlan['checkpoints'][number]): string {
  return epoch === null ? name : strings.epoch(epoch);
}

/** The numbers on the axis of epochs: places in the row where not every checkpoint has its own epoch. */
export function checkpointNumbers({ checkpoints }: EvolutionPlan): number[] {
  const epochs = checkpoints.flatMap(({ epoch }) => epoch ?? []);
  return new Set(epochs).size === checkpoints.length ? epochs : checkpoints.map((_, index) => index);
}

function restoredState(kept: unknown): EvolutionState {
  const before = typeof kept === 'object' && kept !== null ? (kept as Partial<EvolutionState>) : {};
  const settings = restoredSettings(before.settings);
  const { plan, cells, problems, curves } = before;
  const isPlan =
    Array.isArray(plan?.checkpoints) && plan.checkpoints.every(({ name }) => typeof name === 'string');
  const isWhole = plan && isPlan && Array.isArray(cells) && Array.isArray(curves);
  if (!isWhole || !Array.isArray(problems)) return { settings, ...nothing };
  return { settings, plan, cells, problems, curves };
}
