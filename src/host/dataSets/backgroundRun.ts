import type { CallOptions, Outcome } from '../../protocol/contract';

/** One long call of the engine, which goes on while nobody looks. */
export interface BackgroundRun<Params, P, R> {
  readonly isRunning: () => boolean;
  /** Starts the call where none runs, and hears what it says, what it said last included. Leaving stops nothing. */
  readonly follow: (params: Params, options: Following<P>) => Promise<Outcome<R>>;
  readonly stop: () => void;
}

interface Following<P> {
  readonly signal: AbortSignal;
  readonly onProgress: (value: P) => void;
}

export interface RunOptions<Params, P, R> {
  readonly call: (params: Params, options: CallOptions<P>) => Promise<Outcome<R>>;
}

export function backgroundRun<Params, P, R>({ call }: RunOptions<Params, P, R>): BackgroundRun<Params, P, R> {
  let current: { readonly outcome: Promise<Outcome<R>>; readonly controller: AbortController } | undefined;
  /** What was said last. */
  let said: { readonly value: P } | undefined;
  const followers = new Set<(value: P) => void>();

  const start = (params: Params) => {
    said = undefined;
    const controller = new AbortController();
    const outcome = call(params, {
      signal: controller.signal,
      onProgress: (value) => {
        if (run !== current) return;
        said = { value };
        for (const follower of followers) follower(value);
      },
    });
    const run = { outcome, controller };
    current = run;
    void outcome.then(() => {
      if (current === run) current = undefined;
    });
    return run;
  };

  return {
    isRunning: () => current !== undefined,
    follow: async (params, { signal, onProgress }) => {
      const { outcome } = current ?? start(params);
      if (said) onProgress(said.value);
      followers.add(onProgress);
      const leave = () => void followers.delete(onProgress);
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await outcome;
      } finally {
        leave();
      }
    },
    stop: () => {
      current?.controller.abort();
      current = undefined;
    },
  };
}
