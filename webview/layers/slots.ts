import type { Failure, Outcome } from '../../src/protocol/contract';

export type Slot<T> =
  | { readonly status: 'pending' }
  | { readonly status: 'ok'; readonly value: T }
  | { readonly status: 'failed'; readonly failure: Failure };

export type Load<T> = (signal: AbortSignal) => Promise<Outcome<T>>;

/** Results by key that are loaded as long as somebody wants them. */
export interface Slots<T> {
  readonly get: (key: string) => Slot<T> | undefined;
  /** What is wanted from now on: the rest is aborted and forgotten, what is new is loaded. */
  readonly want: (loads: ReadonlyMap<string, Load<T>>) => void;
  readonly isLoading: () => boolean;
  /** Aborts what is under way and forgets what failed; results stay. */
  readonly stop: () => void;
}

export function createSlots<T>(onChange: () => void, onGone: (failure: Failure) => void): Slots<T> {
  const slots = new Map<string, { slot: Slot<T>; readonly controller: AbortController }>();

  const load = async (key: string, run: Load<T>) => {
    const controller = new AbortController();
    const entry: { slot: Slot<T>; readonly controller: AbortController } = {
      slot: { status: 'pending' },
      controller,
    };
    slots.set(key, entry);
    const outcome = await run(controller.signal);
    if (controller.signal.aborted) return;
    entry.slot = outcome.ok
      ? { status: 'ok', value: outcome.value }
      : { status: 'failed', failure: outcome.failure };
    if (!outcome.ok && outcome.failure.kind === 'gone') onGone(outcome.failure);
    onChange();
  };

  const drop = (key: string) => {
    slots.get(key)?.controller.abort();
    slots.delete(key);
  };

  return {
    get: (key) => slots.get(key)?.slot,
    want: (loads) => {
      for (const key of [...slots.keys()]) if (!loads.has(key)) drop(key);
      for (const [key, run] of loads) if (!slots.has(key)) void load(key, run);
    },
    isLoading: () => [...slots.values()].some(({ slot }) => slot.status === 'pending'),
    stop: () => {
      for (const [key, { slot }] of [...slots]) if (slot.status !== 'ok') drop(key);
    },
  };
}
