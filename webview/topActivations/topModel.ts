import type { Outcome } from '../../src/protocol/contract';
import type { TopHostContract } from '../../src/protocol/dataSetContract';
import type { ModelSummary } from '../../src/protocol/model';
import type { ScanProgress, ScanResult, TopIndex, TopLayer } from '../../src/protocol/topActivations';
import type { DataSetPage, DataSetView } from '../shared/dataSetPage';
import type { DataSetWork } from '../shared/dataSetSession';
import type { ExperimentPhase } from '../shared/experimentSession';
import { restoredSettings, type TopSettings } from './settings';

/** What the panel knows. */
export interface TopState {
  /** `null` until it is read. */
  readonly model: ModelSummary | null;
  /** What is there to look at: as of the last time that no scan ran. */
  readonly index: TopIndex | null;
  readonly settings: TopSettings;
  readonly progress: ScanProgress | null;
  /** What the scan came to that this view saw end. */
  readonly result: ScanResult | null;
}

export interface TopModel extends DataSetWork, Pick<DataSetView, 'progress' | 'hasResult'> {
  readonly get: () => TopState;
  readonly change: (settings: Partial<TopSettings>) => void;
  /** Removes the index and scans all pictures. */
  readonly beginAnew: () => Promise<void>;
  /** The layer that is shown. */
  readonly layer: () => TopLayer | undefined;
}

interface Options extends DataSetPage<TopHostContract> {
  /** Another index is there to look at. */
  readonly onIndex: () => void;
}

const nothing = { progress: null, result: null } as const;

export function createTopModel({ host, session, refresh, onIndex }: Options): TopModel {
  let state: TopState = { model: null, index: null, settings: restoredSettings(null), ...nothing };
  const update = (changes: Partial<TopState>) => {
    state = { ...state, ...changes };
    refresh();
  };
  /** Reads the index anew. */
  const look = async (): Promise<Outcome<TopIndex | null>> => {
    const outcome = await host.call('topIndex', null);
    if (outcome.ok) {
      update({ index: outcome.value });
      onIndex();
    }
    return outcome;
  };

  return {
    get: () => state,
    progress: () => {
      const { progress } = state;
      return progress && progress.step !== 'looking'
        ? { done: progress.done, total: progress.pending }
        : null;
    },
    hasResult: () => state.index !== null,
    layer: () => {
      const { index, settings } = state;
      return index?.layers.find(({ label }) => label === settings.layer) ?? index?.layers[0];
    },
    open: async ({ index: given }, kept) => {
      const before = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
      const { layer } = state.settings;
      const settings = restoredSettings(before.settings);
      // A layer that was asked for from outside comes before one that was looked at earlier.
      update({ settings: layer === null ? settings : { ...settings, layer }, ...nothing });
      const model = await host.call('openModel', null);
      if (!model.ok) return model;
      update({ model: model.value });
      const scanning = await host.call('isScanning', null);
      if (!scanning.ok) return scanning;
      const index = await look();
      if (!index.ok) return index;
      // One that was made elsewhere is only looked at.
      if (given !== undefined) return { ok: true, value: 'done' };
      return { ok: true, value: phaseOf(scanning.value, index.value, before.phase) };
    },
    run: async (signal) => {
      update({ result: null });
      const outcome = await host.call('scan', null, {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) update({ progress });
        },
      });
      if (signal.aborted) return outcome;
      // How far the scan is counts no more, but what it came to.
      if (outcome.ok) update({ progress: null, result: outcome.value });
      const index = await look();
      return outcome.ok ? index : outcome;
    },
    state: (phase) => ({ settings: state.settings, phase }),
    revealLayer: (layer) => update({ settings: { ...state.settings, layer } }),
    change: (changes) => {
      update({ settings: { ...state.settings, ...changes } });
      void session().keep();
    },
    beginAnew: async () => {
      const outcome = await host.call('discardIndex', null);
      if (!outcome.ok) return session().fail(outcome.failure);
      update({ index: null, ...nothing });
      onIndex();
      await session().run();
    },
  };
}

/** A scan that was under way goes on, also where it failed; one that never began begins, one that was stopped stays so. */
function phaseOf(isScanning: boolean, index: TopIndex | null, kept: unknown): ExperimentPhase {
  if (isScanning || kept === 'running' || kept === 'failed' || kept === 'down') return 'running';
  if (kept === 'paused') return 'paused';
  return index === null ? 'running' : 'done';
}
