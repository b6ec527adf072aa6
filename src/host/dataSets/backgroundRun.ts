import type { CallOptions, Outcome } from '../../protocol/contract';

/** One long call of the engine, which goes on while nobody looks. */
export interface BackgroundRun<Params, P, R> {
  readonly isRunning: () => boolean;
  /** Starts the call where none runs, and hears what it says, what it said before included. Leaving stops nothing. */
  readonly follow: (params: Params, options: Following<P>) => Promise<Outcome<R>>;
  readonly stop: () => void;
}

interface Following<P> {
  readonly signal: AbortSignal;
  readonly onProgress: (value: P) => void;
}

export interface RunOptions<Params, P, R> {
  readonly call: (params: Params, options: CallOptions<P>) => Promise<Outcome<R>>;
  /** What those hear who come late: everything, or only what was said last. */
  readonly remembers: 'all' | 'last';
}

export function backgroundRun<Params, P, R>({
  call,
  remembers,
}: RunOptions<Params, P, R>): BackgroundRun<Params, P, R> {
  let current: { readonly outcome: Promise<Outcome<R>>; readonly controller: AbortController } | undefined;
  let said: P[] = [];
  const followers = new Set<(value: P) => void>();

  const start = (params: Params) => {
    said = [];
    const controller = new AbortController();
    const outcome = call(params, {
      signal: controller.signal,
      onProgress: (value) => {
        if (run !== current) return;
        said = remembers === 'all' ? [...said, value] : [value];
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
      for (const value of said) onProgress(value);
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
