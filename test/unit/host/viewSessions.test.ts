import { describe, expect, it } from 'vitest';
import type { ViewSessions } from '../../../src/host/viewSessions';
import { viewSessions } from '../../../src/host/viewSessions';
import type { Handlers, NoCalls, Transport } from '../../../src/protocol/contract';
import { connect } from '../../../src/protocol/pump';

interface HostCalls {
  ready: { params: null; progress: never; result: number };
  wait: { params: null; progress: never; result: string };
}

/** A host whose `wait` is answered by hand, and the pages that one after another talk to it. */
function setUp() {
  let toHost: (message: unknown) => void = () => undefined;
  let toPage: (message: unknown) => void = () => undefined;
  const waiting: { readonly signal: AbortSignal; readonly answer: (text: string) => void }[] = [];
  let sessions = 0;
  const handlers = (): Handlers<HostCalls> => ({
    ready: async () => ++sessions,
    wait: (_, { signal }) => new Promise((answer) => waiting.push({ signal, answer })),
  });
  const control: ViewSessions = viewSessions(
    { send: (message) => toPage(message), onMessage: (listener) => (toHost = listener) },
    (transport) => void connect<HostCalls, NoCalls>(transport, handlers()),
  );
  const openPage = () => {
    const transport: Transport = {
      send: (message) => toHost(structuredClone(message)),
      onMessage: (listener) => (toPage = listener),
      onClose: () => undefined,
    };
    return connect<NoCalls, HostCalls>(transport, {});
  };
  return { openPage, waiting, control };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('viewSessions', () => {
  it('answers a page that says it is ready', async () => {
    const { openPage } = setUp();
    await expect(openPage().call('ready', null)).resolves.toEqual({ ok: true, value: 1 });
  });

  it('abandons what the page before it asked for', async () => {
    const { openPage, waiting } = setUp();
    const first = openPage();
    await first.call('ready', null);
    void first.call('wait', null);
    await openPage().call('ready', null);
    expect(waiting[0]?.signal.aborted).toBe(true);
  });

  it('does not give a new page the answer to an old call with the same number', async () => {
    const { openPage, waiting } = setUp();
    const first = openPage();
    await first.call('ready', null);
    void first.call('wait', null);
    const second = openPage();
    await second.call('ready', null);
    const answer = second.call('wait', null);
    waiting[0]?.answer('for the first page');
    await settled();
    waiting[1]?.answer('for the second page');
    await expect(answer).resolves.toEqual({ ok: true, value: 'for the second page' });
  });

  it('stops work when the view is hidden and serves the page that follows', async () => {
    const { openPage, waiting, control } = setUp();
    const first = openPage();
    await first.call('ready', null);
    void first.call('wait', null);
    control.end('hidden');
    expect(waiting[0]?.signal.aborted).toBe(true);
    await expect(openPage().call('ready', null)).resolves.toEqual({ ok: true, value: 2 });
  });

  it('lets nothing through before a page is ready', async () => {
    const { openPage, waiting } = setUp();
    void openPage().call('wait', null);
    await settled();
    expect(waiting).toEqual([]);
  });
});
