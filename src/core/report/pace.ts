/** How fast a run goes, and how long it will take at that pace. */
export interface Pace {
  /** Steps a second. */
  readonly rate: number;
  readonly secondsLeft: number;
}

export interface Stopwatch {
  /** The pace since the run began or went on; `null` until that says something. */
  readonly pace: (progress: { readonly done: number; readonly total: number }) => Pace | null;
  /** The run stands still: neither the time until `pace` is asked again counts, nor what was before. */
  readonly rest: () => void;
}

/** Seconds before which a pace is an accident. */
const LEAST_SECONDS = 0.5;

/**
 * Measures a run from when it is first told how far it is. Another total, or fewer steps done than before, is another run.
 * `now` tells the time in milliseconds.
 */
export function createStopwatch(now: () => number): Stopwatch {
  let since: { readonly time: number; readonly done: number; readonly total: number } | null = null;
  return {
    pace: ({ done, total }) => {
      if (since?.total !== total || done < since.done) since = { time: now(), done, total };
      const seconds = (now() - since.time) / 1000;
      if (done === since.done || seconds < LEAST_SECONDS) return null;
      const rate = (done - since.done) / seconds;
      return { rate, secondsLeft: (total - done) / rate };
    },
    rest: () => (since = null),
  };
}
