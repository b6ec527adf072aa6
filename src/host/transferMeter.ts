/** How far a transfer is, for people. */
export interface TransferState {
  readonly percent: number;
  /** `null` as long as too little has come to tell. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Speed is measured over so many milliseconds: less jumps about, more is slow to notice a change. */
const windowLength = 10_000;
const leastSpan = 1000;
const leastInterval = 250;

/**
 * Follows a transfer of `total` bytes; called with the bytes that are there, it gives the state, or `null` where the last is too recent
 * to show another.
 *
 * @param now milliseconds on a clock that never runs backwards
 */
export function transferMeter(total: number, now: () => number): (bytes: number) => TransferState | null {
  let samples: { readonly time: number; readonly bytes: number }[] = [];
  return (bytes) => {
    const time = now();
    const last = samples.at(-1);
    if (last && time - last.time < leastInterval && bytes < total) return null;
    samples = [...samples.filter((sample) => time - sample.time <= windowLength), { time, bytes }];
    const [first = { time, bytes }] = samples;
    const span = time - first.time;
    const bytesPerSecond = span < leastSpan ? null : ((bytes - first.bytes) * 1000) / span;
    const secondsLeft = bytesPerSecond ? (total - bytes) / bytesPerSecond : null;
    return { percent: (100 * bytes) / total, bytesPerSecond, secondsLeft };
  };
}
