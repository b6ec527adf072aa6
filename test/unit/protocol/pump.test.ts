import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../../src/core/errors';
import type { Handlers, NoCalls, Transport } from '../../../src/protocol/contract';
import { connect } from '../../../src/protocol/pump';

interface Calls {
  double: { params: number; progress: never; result: number };
  count: { params: number; progress: number; result: string };
  fail: { params: 'user' | 'bug' | 'nonsense'; progress: never; result: null };
  wait: { params: null; progress: never; result: null };
  uncloneable: { params: null; progress: never; result: unknown };
}

interface Ends {
  readonly left: Transport;
  readonly right: Transport;
  /** Delivers anything to the left end. */
  readonly toLeft: (message: unknown) => void;
  readonly toRight: (message: unknown) => void;
  readonly close: (reason: string) => void;
  /** Everything that was sent, in order. */
  readonly sent: unknown[];
}

/** Two transports that deliver structured clones to each other, asynchronously as a real channel. */
function channel(): Ends {
  const listeners: { left?: (message: unknown) => void; right?: (message: unknown) => void } = {};
  const closers: ((reason: string) => void)[] = [];
  const sent: unknown[] = [];
  const end = (own: 'left' | 'right', other: 'left' | 'right'): Transport => ({
    send: (message) => {
      const copy: unknown = structuredClone(message);
      sent.push(copy);
      queueMicrotask(() => listeners[other]?.(copy));
    },
    onMessage: (listener) => (listeners[own] = listener),
    onClose: (listener) => void closers.push(listener),
  });
  return {
    left: end('left', 'right'),
    right: end('right', 'left'),
    toLeft: (message) => listeners.left?.(message),
    toRight: (message) => listeners.right?.(message),
    close: (reason) => closers.forEach((closer) => closer(reason)),
    sent,
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });

function handlers(overrides: Partial<Handlers<Calls>> = {}): Handlers<Calls> {
  return {
    double: async (value) => 2 * value,
    count: async (to, { progress }) => {
      for (let i = 1; i <= to; i++) await progress(i);
      return 'done';
    },
    fail: async (kind) => {
      if (kind === 'user') throw new UserError('too-large', 'cat.png is too large.', 'Scale it down.');
      if (kind === 'nonsense') throw 'a string' as unknown as Error;
      throw new TypeError('x is undefined');
    },
    wait: (_, { signal }) => aborted(signal),
    uncloneable: async () => () => undefined,
    ...overrides,
  };
}

function connected(overrides: Partial<Handlers<Calls>> = {}) {
  const ends = channel();
  const peer = connect<NoCalls, Calls>(ends.left, {});
  connect<Calls, NoCalls>(ends.right, handlers(overrides));
  return { ...ends, peer };
}

describe('a call', () => {
  it('is answered with the result', async () => {
    expect(await connected().peer.call('double', 21)).toEqual({ ok: true, value: 42 });
  });

  it('gets progress in order before the result', async () => {
    const seen: number[] = [];
    const result = await connected().peer.call('count', 4, { onProgress: (value) => seen.push(value) });
    expect([seen, result]).toEqual([[1, 2, 3, 4], { ok: true, value: 'done' }]);
  });

  it('runs beside others, each with its own answer', async () => {
    const { peer } = connected();
    const answers = await Promise.all([1, 2, 3].map((value) => peer.call('double', value)));
    expect(answers.map((answer) => answer.ok && answer.value)).toEqual([2, 4, 6]);
  });

  it('works in both directions of one channel', async () => {
    const ends = channel();
    const left = connect<Calls, Calls>(ends.left, handlers({ double: async (value) => value + 100 }));
    const right = connect<Calls, Calls>(ends.right, handlers());
    expect(await left.call('double', 1)).toEqual({ ok: true, value: 2 });
    expect(await right.call('double', 1)).toEqual({ ok: true, value: 101 });
  });

  it('waits for the channel to take a progress value where the handler awaits it', async () => {
    const ends = channel();
    const waiting: (() => void)[] = [];
    const right: Transport = {
      ...ends.right,
      send: (message) => {
        void ends.right.send(message);
        return new Promise<void>((resolve) => void waiting.push(resolve));
      },
    };
    const peer = connect<NoCalls, Calls>(ends.left, {});
    connect<Calls, NoCalls>(right, handlers());
    const seen: number[] = [];
    const call = peer.call('count', 3, { onProgress: (value) => seen.push(value) });
    await vi.waitFor(() => expect(seen).toEqual([1]));
    expect(waiting).toHaveLength(1);
    const drain = setInterval(() => waiting.shift()?.(), 1);
    expect(await call).toMatchObject({ ok: true });
    clearInterval(drain);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('an error', () => {
  it.each([
    ['user', { kind: 'user', code: 'too-large', message: 'cat.png is too large.', hint: 'Scale it down.' }],
    [
      'bug',
      { kind: 'bug', message: 'x is undefined', stack: expect.stringContaining('TypeError') as unknown },
    ],
    ['nonsense', { kind: 'bug', message: 'a string' }],
  ] as const)('of the kind %s is answered as a value', async (kind, failure) => {
    expect(await connected().peer.call('fail', kind)).toMatchObject({ ok: false, failure });
  });

  it('is answered where the method is not known, also by the name of an inherited property', async () => {
    const ends = channel();
    const peer = connect<NoCalls, Record<string, Calls['double']>>(ends.left, {});
    connect<Calls, NoCalls>(ends.right, handlers());
    for (const method of ['unheard', 'constructor', '__proto__']) {
      expect(await peer.call(method, 1)).toMatchObject({ ok: false, failure: { kind: 'bug' } });
    }
  });

  it('is answered where the result cannot be cloned', async () => {
    expect(await connected().peer.call('uncloneable', null)).toMatchObject({
      ok: false,
      failure: { kind: 'bug' },
    });
  });

  it('is answered where the parameters cannot be cloned', async () => {
    const parameters = (() => undefined) as unknown as number;
    const answer = await connected().peer.call('double', parameters);
    expect(answer).toMatchObject({ ok: false, failure: { kind: 'bug' } });
  });
});

describe('cancellation', () => {
  it('answers the caller at once and aborts the handler', async () => {
    const stopped = vi.fn();
    const { peer } = connected({
      wait: (_, { signal }) => {
        signal.addEventListener('abort', stopped);
        return new Promise(() => undefined);
      },
    });
    const controller = new AbortController();
    const call = peer.call('wait', null, { signal: controller.signal });
    await Promise.resolve();
    await Promise.resolve();
    controller.abort();
    expect(await call).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce());
  });

  it('of a call that has not begun sends nothing', async () => {
    const { peer, sent } = connected();
    const call = peer.call('double', 1, { signal: AbortSignal.abort() });
    expect(await call).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(sent).toEqual([]);
  });

  it('after the answer does nothing', async () => {
    const { peer, sent } = connected();
    const controller = new AbortController();
    await peer.call('double', 1, { signal: controller.signal });
    const before = sent.length;
    controller.abort();
    expect(sent).toHaveLength(before);
  });

  it('keeps progress that was under way from arriving', async () => {
    const { peer } = connected();
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (value: number) => {
      seen.push(value);
      if (value === 2) controller.abort();
    };
    await peer.call('count', 100, { signal: controller.signal, onProgress });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(seen).toEqual([1, 2]);
  });
});

describe('the end of the channel', () => {
  it('answers what is pending and whatever comes later', async () => {
    const { peer, close } = connected();
    const pending = [peer.call('wait', null), peer.call('wait', null)];
    close('The engine died.');
    const gone = { ok: false, failure: { kind: 'gone', message: 'The engine died.' } };
    expect(await Promise.all([...pending, peer.call('double', 1)])).toMatchObject([gone, gone, gone]);
  });

  it('aborts the handlers that work for the other side and sends no answer', async () => {
    const stopped = vi.fn();
    const { peer, close, sent } = connected({
      wait: async (_, { signal }) => {
        await aborted(signal).catch(stopped);
        return null;
      },
    });
    void peer.call('wait', null);
    await Promise.resolve();
    await Promise.resolve();
    const before = sent.length;
    close('gone');
    await vi.waitFor(() => expect(stopped).toHaveBeenCalledOnce());
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(sent).toHaveLength(before);
  });
});

describe('what is malformed', () => {
  const nonsense = [
    undefined,
    null,
    7,
    'request',
    [],
    {},
    { kind: 'request' },
    { kind: 'request', id: 'x', method: 'double' },
    { kind: 'request', id: 1, method: 5 },
    { kind: 'response', id: 1 },
    { kind: 'response', id: 1, outcome: null },
    { kind: 'response', id: 1, outcome: { ok: false } },
    { kind: 'response', id: 99, outcome: { ok: true, value: 1 } },
    { kind: 'progress', id: 99, value: 1 },
    { kind: 'cancel', id: 99 },
    { kind: 'surprise', id: 1 },
  ];

  it.each(nonsense.map((message) => [message]))('is dropped on either side: %j', async (message) => {
    const { peer, toLeft, toRight } = connected();
    const pending = peer.call('count', 2);
    toLeft(message);
    toRight(message);
    expect(await pending).toEqual({ ok: true, value: 'done' });
    expect(await peer.call('double', 4)).toEqual({ ok: true, value: 8 });
  });
});
