import { describe, expect, it } from 'vitest';
import { createStopwatch } from '../../../src/core/report/pace';

describe('the pace of a run', () => {
  let time = 0;
  const after = (seconds: number): void => void (time += 1000 * seconds);
  const total = 100;

  it('is that since it was first told how far it is, and tells how long it will take', () => {
    const watch = createStopwatch(() => time);
    expect(watch.pace({ done: 20, total })).toBeNull();
    after(2);
    expect(watch.pace({ done: 30, total })).toEqual({ rate: 5, secondsLeft: 14 });
    after(3);
    expect(watch.pace({ done: 40, total })).toEqual({ rate: 4, secondsLeft: 15 });
    after(15);
    expect(watch.pace({ done: 100, total })).toEqual({ rate: 4, secondsLeft: 0 });
  });

  it('is not told before it says something', () => {
    const watch = createStopwatch(() => time);
    watch.pace({ done: 0, total });
    after(0.4);
    expect(watch.pace({ done: 10, total })).toBeNull();
    after(0.1);
    expect(watch.pace({ done: 10, total })).toEqual({ rate: 20, secondsLeft: 4.5 });
    const slow = createStopwatch(() => time);
    slow.pace({ done: 0, total });
    after(60);
    expect(slow.pace({ done: 0, total })).toBeNull();
  });

  it('does not count a pause, also where it goes on with as many steps as before', () => {
    const watch = createStopwatch(() => time);
    watch.pace({ done: 0, total });
    after(10);
    watch.pace({ done: 50, total });
    watch.rest();
    after(3600);
    expect(watch.pace({ done: 50, total })).toBeNull();
    after(2);
    expect(watch.pace({ done: 60, total })).toEqual({ rate: 5, secondsLeft: 8 });
  });

  it('begins anew with another run', () => {
    const watch = createStopwatch(() => time);
    watch.pace({ done: 0, total });
    after(100);
    watch.pace({ done: 10, total });
    expect(watch.pace({ done: 10, total: 200 })).toBeNull();
    after(1);
    expect(watch.pace({ done: 20, total: 200 })).toEqual({ rate: 10, secondsLeft: 18 });
    expect(watch.pace({ done: 0, total: 200 })).toBeNull();
    after(1);
    expect(watch.pace({ done: 2, total: 200 })).toEqual({ rate: 2, secondsLeft: 99 });
  });
});
