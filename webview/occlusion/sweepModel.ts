import { argMax } from '../../src/core/tensor/argMax';
import { windowNear, type SweepGrid } from '../../src/core/experiments/occlusion/windows';
import type { RecordingSummary } from '../../src/protocol/model';
import type { ExperimentPage } from '../shared/experimentPage';
import type { Experiment, Opened } from '../shared/experimentSession';
import { judge } from './judgement';
import { defaultSettings, restoredSettings, type SweepSettings } from './settings';
import { requestOf, restoredSweep, withCells, withPlan, type Sweep } from './sweep';

/** What the panel knows. */
export interface SweepState {
  readonly settings: SweepSettings;
  readonly recording: RecordingSummary;
  /** `null` until the engine has made a plan. */
  readonly sweep: Sweep | null;
  /** The window that the square is at. */
  readonly window: number;
  /** A sentence about the settings; empty where there is nothing to say. */
  readonly notice: string;
}

export interface SweepModel extends Experiment {
  /** `null` until a picture has run forward. */
  readonly get: () => SweepState | null;
  readonly change: (settings: Partial<SweepSettings>) => void;
  /** Shows a sentence about what was typed, and leaves the settings. */
  readonly refuse: (sentence: string) => void;
  /** Moves the square to the window that is nearest to a pixel. */
  readonly point: (y: number, x: number) => void;
  /** Moves the square by so many cells, as far as there are any. */
  readonly step: (rows: number, columns: number) => void;
}

/** The state of the panel and how a sweep changes it. */
export function createSweepModel({ host, session, refresh }: ExperimentPage): SweepModel {
  let state: SweepState | null = null;
  /** A layer that was asked for while the image is run forward. */
  let wanted: string | null = null;
  const update = (changes: Partial<SweepState>) => {
    if (!state) return;
    state = { ...state, ...changes };
    refresh();
  };
  const move = (find: (grid: SweepGrid, window: number) => number) => {
    if (state?.sweep) update({ window: find(state.sweep.plan.grid, state.window) });
  };
  const change = (changes: Partial<SweepSettings>) => {
    if (!state) return;
    const settings = { ...state.settings, ...changes };
    const { verdict, notice } = judge(settings, state.recording);
    update({ settings, notice });
    if (verdict === 'fine') void session().run();
    else session().wait();
  };

  return {
    get: () => state,
    key: ({ image }) => image,
    open: (opened) => {
      const { paused, ...restored } = restoredState(opened);
      const maps = watching(wanted, restored.settings.maps, opened.recording);
      wanted = null;
      const settings = { ...restored.settings, maps };
      const { verdict, notice } = judge(settings, opened.recording);
      state = { ...restored, settings, notice };
      if (verdict !== 'fine') return 'waiting';
      return paused ? 'paused' : 'running';
    },
    run: (subject, signal) =>
      host.call('occlude', requestOf(subject, state!.settings, state!.sweep), {
        signal,
        onProgress: (progress) => {
          if (signal.aborted || !state) return;
          const { sweep } = state;
          if (progress.kind === 'cells') {
            if (sweep) update({ sweep: withCells(sweep, progress.cells) });
            return;
          }
          const isNew = sweep?.plan.key !== progress.plan.key;
          const window = isNew ? middle(progress.plan.grid) : state.window;
          update({ sweep: withPlan(sweep, progress.plan), window });
        },
      }),
    state: (phase) => {
      if (!state) return null;
      return { settings: state.settings, sweep: state.sweep, paused: phase === 'paused' };
    },
    showLayer: (layer) => {
      if (!state || session().get().recording !== state.recording) {
        wanted = layer;
        return;
      }
      const maps = watching(layer, state.settings.maps, state.recording);
      if (maps !== state.settings.maps) change({ maps });
    },
    change,
    refuse: (notice) => update({ notice }),
    point: (y, x) => move((grid) => windowNear(grid, y, x)),
    step: (rows, columns) => move((grid, window) => stepped(grid, window, rows, columns)),
  };
}

/** A panel as it was when it was last open, or a new one. */
function restoredState({
  recording,
  kept,
}: Opened): Omit<SweepState, 'notice'> & { readonly paused: boolean } {
  const before = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  const settings = restoredSettings(before.settings) ?? defaultSettings(recording.input);
  const sweep = restoredSweep(before.sweep, recording.model.hash);
  const window = sweep ? middle(sweep.plan.grid) : 0;
  return { settings, recording, sweep, window, paused: before.paused === true };
}

/** The maps to watch so that a layer is among them: its strongest one, where it has none yet. */
function watching(
  layer: string | null,
  maps: SweepSettings['maps'],
  { layers }: RecordingSummary,
): SweepSettings['maps'] {
  const recorded = layers.find(({ label }) => label === layer);
  if (!recorded || maps?.some((choice) => choice.layer === layer)) return maps;
  const { label, maxima } = recorded;
  return [{ layer: label, map: argMax(maxima, 0, maxima.length) }];
}

function middle({ rows, columns }: SweepGrid): number {
  return Math.floor(rows / 2) * columns + Math.floor(columns / 2);
}

function stepped({ rows, columns }: SweepGrid, window: number, down: number, right: number): number {
  const within = (at: number, count: number) => Math.max(0, Math.min(count - 1, at));
  const row = within(Math.floor(window / columns) + down, rows);
  return row * columns + within((window % columns) + right, columns);
}
