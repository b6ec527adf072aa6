import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../src/host/formatDuration';
import { transferMeter } from '../../../src/host/transferMeter';

describe('a transfer', () => {
  /** Calls a meter of 1000 bytes at given times. */
  function follow(...steps: readonly (readonly [time: number, bytes: number])[]) {
    let time = 0;
    const meter = transferMeter(1000, () => time);
    return steps.map((step) => {
      time = step[0];
      return meter(step[1]);
    });
  }

  it('has no speed before a second has passed', () => {
    expect(follow([0, 100], [900, 200])).toEqual([
      { percent: 10, bytesPerSecond: null, secondsLeft: null },
      { percent: 20, bytesPerSecond: null, secondsLeft: null },
    ]);
  });

  it('that goes on does not count what was there before', () => {
    const [, state] = follow([0, 500], [2000, 700]);
    expect(state).toEqual({ percent: 70, bytesPerSecond: 100, secondsLeft: 3 });
  });

  it('is shown a few times a second, and at its end', () => {
    const shown = follow([0, 0], [100, 10], [240, 20], [250, 30], [260, 40], [270, 1000]);
    expect(shown.map((state) => state?.percent ?? null)).toEqual([0, null, null, 3, null, 100]);
  });

  it('has the speed of the last ten seconds', () => {
    const slow = Array.from({ length: 20 }, (_, i) => [i * 1000, i] as const);
    const fast = Array.from({ length: 10 }, (_, i) => [20_000 + i * 1000, 20 + i * 50] as const);
    expect(follow(...slow, ...fast).at(-1)?.bytesPerSecond).toBeCloseTo(45.1, 1);
  });

  it('that stands still has no end', () => {
    expect(follow([0, 500], [5000, 500]).at(-1)).toEqual({
      percent: 50,
      bytesPerSecond: 0,
      secondsLeft: null,
    });
  });
});

it.each([
  [0, '1 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [3569, '59 min'],
  [3571, '1 h 0 min'],
  [4800, '1 h 20 min'],
])('shows %d seconds as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
