import { describe, expect, it, vi } from 'vitest';
import type { Failure, Outcome } from '../../src/protocol/contract';
import { createSlots, type Load } from '../../webview/layers/slots';
import { settle } from './support';

/** A load that the test finishes. */
function deferred() {
  let finish: (outcome: Outcome<string>) => void = () => undefined;
  const signals: AbortSignal[] = [];
  const load: Load<string> = (signal) => {
    signals.push(signal);
    return new Promise((resolve) => (finish = resolve));
  };
  return { load, signals, finish: (outcome: Outcome<string>) => finish(outcome) };
}

const gone: Failure = { kind: 'gone', code: 'gone', message: '', hint: '' };

describe('slots', () => {
  it('load what is wanted once, and keep it while it is wanted', async () => {
    const onChange = vi.fn();
    const slots = createSlots<string>(onChange, vi.fn());
    const { load, signals, finish } = deferred();
    slots.want(new Map([['a', load]]));
    slots.want(new Map([['a', load]]));
    expect(slots.get('a')).toEqual({ status: 'pending' });
    finish({ ok: true, value: 'picture' });
    await settle();
    expect(slots.get('a')).toEqual({ status: 'ok', value: 'picture' });
    expect(signals).toHaveLength(1);
    expect(onChange).toHaveBeenCalledOnce();
  });

  it('abort what nobody wants any more and ignore its answer', async () => {
    const onChange = vi.fn();
    const slots = createSlots<string>(onChange, vi.fn());
    const { load, signals, finish } = deferred();
    slots.want(new Map([['a', load]]));
    slots.want(new Map());
    expect(signals[0]?.aborted).toBe(true);
    finish({ ok: true, value: 'late' });
    await settle();
    expect(slots.get('a')).toBeUndefined();
    expect(onChange).not.toHaveBeenCalled();
  });

  it('load again after a stop, except what had arrived', async () => {
    const slots = createSlots<string>(vi.fn(), vi.fn());
    const [first, second] = [deferred(), deferred()];
    const wanted = new Map([
      ['a', first.load],
      ['b', second.load],
    ]);
    slots.want(wanted);
    first.finish({ ok: true, value: 'kept' });
    await settle();
    slots.stop();
    slots.want(wanted);
    expect(first.signals).toHaveLength(1);
    expect(second.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('tell when the engine is gone', async () => {
    const onGone = vi.fn();
    const slots = createSlots<string>(vi.fn(), onGone);
    const { load, finish } = deferred();
    slots.want(new Map([['a', load]]));
    finish({ ok: false, failure: gone });
    await settle();
    expect(onGone).toHaveBeenCalledWith(gone);
  });
});
