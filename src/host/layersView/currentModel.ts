import type { Failure, Outcome } from '../../protocol/contract';
import { toFailure } from '../../protocol/failure';
import type { LayerRecording, ModelSummary, RecordingSummary, Subject } from '../../protocol/model';

/** The model that the user looks at, and what is known of it. */
export type ModelState =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening'; readonly shown: Shown }
  | { readonly kind: 'failed'; readonly shown: Shown; readonly failure: Failure }
  | {
      readonly kind: 'open';
      readonly shown: Shown;
      readonly summary: ModelSummary;
      /** What the layers made of the image, as soon as it ran. */
      readonly recorded: readonly LayerRecording[];
    };

export interface Shown {
  readonly model: string;
  /** The image of the panel that was in front last, if any. */
  readonly image: string | undefined;
}

/** Follows the panels: the model of the one in front, before there is any the one that would be used. */
export interface CurrentModel {
  readonly state: () => ModelState;
  readonly onDidChange: (listener: () => void) => void;
  /** Opens the model that would be used, where none is shown yet. */
  readonly begin: () => Promise<void>;
  readonly show: (shown: Shown) => Promise<void>;
  readonly recorded: (subject: Subject, recording: RecordingSummary) => void;
  /** Opens the model again: its file, the settings or the trust in the workspace changed. */
  readonly refresh: () => Promise<void>;
}

export interface CurrentModelOptions {
  /** The model that is used without asking, if that is settled. */
  readonly settled: () => Promise<string | undefined>;
  /** May throw where the model must not be opened. */
  readonly open: (model: string) => Promise<Outcome<ModelSummary>>;
}

export function currentModel({ settled, open }: CurrentModelOptions): CurrentModel {
  const listeners: (() => void)[] = [];
  let state: ModelState = { kind: 'none' };
  let shownByUser = false;
  let turn = 0;

  const become = (next: ModelState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const openShown = async (shown: Shown) => {
    const mine = ++turn;
    // What is shown of a model stays until there is something newer.
    if (state.kind !== 'open' || !isSame(state.shown, shown)) become({ kind: 'opening', shown });
    const outcome = await open(shown.model).catch((error: unknown) => ({
      ok: false as const,
      failure: toFailure(error),
    }));
    // Another model, or the same with another image, took its place meanwhile.
    if (mine !== turn) return;
    become(
      outcome.ok
        ? { kind: 'open', shown, summary: outcome.value, recorded: stillRecorded(state, outcome.value) }
        : { kind: 'failed', shown, failure: outcome.failure },
    );
  };
  const settle = async () => {
    const mine = ++turn;
    const model = await settled();
    if (mine !== turn) return;
    if (model !== undefined) await openShown({ model, image: undefined });
    // Where there is a choice now, or nothing, what is shown stays as long as it can be opened.
    else if (state.kind !== 'none') await openShown(state.shown);
  };

  return {
    state: () => state,
    onDidChange: (listener) => void listeners.push(listener),
    begin: async () => {
      if (state.kind === 'none' && turn === 0) await settle();
    },
    show: async (shown) => {
      shownByUser = true;
      if (state.kind !== 'open' || state.shown.model !== shown.model) return openShown(shown);
      if (state.shown.image !== shown.image) become({ ...state, shown, recorded: [] });
    },
    recorded: ({ model, image }, { model: summary, layers }) => {
      if (state.kind === 'none' || state.shown.model !== model || state.shown.image !== image) return;
      turn++;
      become({ kind: 'open', shown: state.shown, summary, recorded: layers });
    },
    refresh: async () => {
      if (state.kind !== 'none' && shownByUser) await openShown(state.shown);
      else if (turn > 0) await settle();
    },
  };
}

function isSame(one: Shown, other: Shown): boolean {
  return one.model === other.model && one.image === other.image;
}

/** What the layers made of the image, where the model is the same as before; only what is opened again has a state that is open. */
function stillRecorded(state: ModelState, { hash }: ModelSummary): readonly LayerRecording[] {
  return state.kind === 'open' && state.summary.hash === hash ? state.recorded : [];
}
