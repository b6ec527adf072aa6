import type { Failure, Handlers, Outcome, Peer } from '../../src/protocol/contract';
import type { FilterReport, ModelSummary } from '../../src/protocol/model';
import type {
  ModelEditorHostContract,
  ModelEditorViewContract,
} from '../../src/protocol/modelEditorContract';

export type SheetScale = 'sheet' | 'filter';

export interface ModelViewState {
  readonly phase: 'reading' | 'ready' | 'failed' | 'down';
  /** Why the whole view cannot work. */
  readonly failure: Failure | null;
  readonly summary: ModelSummary | null;
  /** Label of the selected layer. */
  readonly layer: string | null;
  readonly scale: SheetScale;
  /** Of the selected layer, as soon as they are there. */
  readonly filters: FilterReport | null;
  readonly filtersFailure: Failure | null;
}

export interface ModelSession {
  readonly get: () => ModelViewState;
  readonly begin: () => Promise<void>;
  readonly select: (layer: string) => void;
  readonly setScale: (scale: SheetScale) => void;
  /** After the engine died or something failed. */
  readonly retry: () => Promise<void>;
  /** What the host may call. */
  readonly calls: Handlers<ModelEditorViewContract>;
}

export interface ModelSessionOptions {
  readonly host: Peer<ModelEditorHostContract>;
  readonly onChange: () => void;
}

/** A selection that moves on within this time, in milliseconds, is not asked for. */
const SETTLE = 80;

const initial: ModelViewState = {
  phase: 'reading',
  failure: null,
  summary: null,
  layer: null,
  scale: 'sheet',
  filters: null,
  filtersFailure: null,
};

/** Reads the model, then the filters of one layer after the other, as the user selects them. */
export function createModelSession({ host, onChange }: ModelSessionOptions): ModelSession {
  let state = initial;
  let running = new AbortController();
  const set = (changes: Partial<ModelViewState>) => {
    state = { ...state, ...changes };
    onChange();
  };
  const newer = () => {
    running.abort();
    running = new AbortController();
    return running.signal;
  };

  const take = <T>(signal: AbortSignal, outcome: Outcome<T>, use: (value: T) => void) => {
    if (signal.aborted) return;
    if (outcome.ok) return use(outcome.value);
    const { failure } = outcome;
    if (failure.kind === 'gone') set({ phase: 'down', failure });
    // What was read before is no longer what the file says; the layer stays, for the file may come back.
    else if (state.phase === 'reading') set({ phase: 'failed', failure, summary: null, filters: null });
    else set({ filtersFailure: failure });
  };

  const showFilters = async (settle: number) => {
    const signal = newer();
    const { layer, scale } = state;
    if (layer === null) return;
    await new Promise((resolve) => setTimeout(resolve, settle));
    if (signal.aborted) return;
    const outcome = await host.call('filters', { layer, scale }, { signal });
    take(signal, outcome, (filters) => set({ filters, filtersFailure: null }));
  };

  const open = async (wanted: string | null) => {
    const signal = newer();
    set({ phase: 'reading', failure: null, filtersFailure: null });
    const outcome = await host.call('summary', null, { signal });
    take(signal, outcome, (summary) => {
      const known = summary.layers.some(({ label }) => label === wanted);
      const layer = known ? wanted : (summary.layers[0]?.label ?? null);
      set({ phase: 'ready', summary, layer, ...(layer === state.layer ? {} : { filters: null }) });
      void showFilters(0);
    });
  };

  const select = (layer: string) => {
    if (layer === state.layer || !state.summary?.layers.some(({ label }) => label === layer)) return;
    set({ layer, filters: null, filtersFailure: null });
    void showFilters(SETTLE);
  };

  const begin = async () => {
    const outcome = await host.call('ready', null);
    take(running.signal, outcome, ({ layer }) => void open(layer ?? state.layer));
  };

  return {
    get: () => state,
    begin,
    select,
    setScale: (scale) => {
      set({ scale });
      void showFilters(0);
    },
    retry: async () => {
      if (state.phase === 'down') await host.call('restartEngine', null);
      await open(state.layer);
    },
    calls: {
      reveal: async ({ layer }) => {
        select(layer);
        return null;
      },
      reload: async () => {
        void open(state.layer);
        return null;
      },
      engineDown: async (failure) => {
        newer();
        set({ phase: 'down', failure });
        return null;
      },
    },
  };
}
