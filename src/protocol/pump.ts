import type { CallOptions, Contract, Failure, Handlers, Outcome, Peer, Transport } from './contract';
import { cancellation, toFailure } from './failure';

type Message =
  | { readonly kind: 'request'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'response'; readonly id: number; readonly outcome: Outcome<unknown> }
  | { readonly kind: 'cancel'; readonly id: number };

interface PendingCall {
  readonly onProgress: ((value: never) => void) | undefined;
  readonly settle: (outcome: Outcome<never>) => void;
}

/**
 * Connects one end of a channel: answers the other side's calls with `handlers` and returns the peer through which
 * to call it. Every call is answered exactly once: with the result, with the failure, `cancelled` as soon as its
 * signal aborts, or `gone` when the channel closes. Nothing that arrives can throw: malformed messages are
 * dropped, calls of unknown methods are answered as bugs.
 */
export function connect<Local extends Contract<Local>, Remote extends Contract<Remote>>(
  transport: Transport,
  handlers: Handlers<Local>,
): Peer<Remote> {
  const pending = new Map<number, PendingCall>();
  const running = new Map<number, AbortController>();
  let closed: Failure | undefined;
  let lastId = 0;

  transport.onMessage((message) => {
    if (!isMessage(message)) return;
    switch (message.kind) {
      case 'request':
        void answer(transport, handlers, message, running);
        return;
      case 'cancel':
        running.get(message.id)?.abort();
        return;
      case 'progress':
        pending.get(message.id)?.onProgress?.(message.value as never);
        return;
      case 'response':
        pending.get(message.id)?.settle(message.outcome as Outcome<never>);
        return;
    }
  });

  transport.onClose((reason) => {
    closed = { kind: 'gone', code: 'gone', message: reason, hint: '' };
    for (const call of [...pending.values()]) call.settle({ ok: false, failure: closed });
    for (const controller of running.values()) controller.abort();
  });

  function call<K extends keyof Remote & string>(
    method: K,
    params: Remote[K]['params'],
    options: CallOptions<Remote[K]['progress']> = {},
  ): Promise<Outcome<Remote[K]['result']>> {
    const { signal, onProgress } = options;
    return new Promise((resolve) => {
      if (closed) return resolve({ ok: false, failure: closed });
      if (signal?.aborted) return resolve({ ok: false, failure: cancellation });
      const id = ++lastId;
      const onAbort = () => {
        settle({ ok: false, failure: cancellation });
        if (!closed) void transport.send({ kind: 'cancel', id } satisfies Message);
      };
      const settle = (outcome: Outcome<Remote[K]['result']>) => {
        pending.delete(id);
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      pending.set(id, { onProgress, settle });
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        void transport.send({ kind: 'request', id, method, params } satisfies Message);
      } catch (error) {
        settle({ ok: false, failure: toFailure(error) });
      }
    });
  }

  return { call };
}

async function answer<Local extends Contract<Local>>(
  transport: Transport,
  handlers: Handlers<Local>,
  { id, method, params }: Extract<Message, { kind: 'request' }>,
  running: Map<number, AbortController>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  running.set(id, controller);
  const progress = async (value: unknown) => {
    if (!signal.aborted) await transport.send({ kind: 'progress', id, value } satisfies Message);
  };
  let outcome: Outcome<unknown>;
  try {
    if (!Object.hasOwn(handlers, method)) throw new Error(`No handler for "${method}"`);
    const handler = handlers[method as keyof Local];
    outcome = { ok: true, value: await handler(params, { signal, progress }) };
  } catch (error) {
    outcome = { ok: false, failure: toFailure(error) };
  }
  running.delete(id);
  // Who cancelled has its answer already, and who is gone needs none.
  if (!signal.aborted) respond(transport, id, outcome);
}

function respond(transport: Transport, id: number, outcome: Outcome<unknown>): void {
  try {
    void transport.send({ kind: 'response', id, outcome } satisfies Message);
  } catch (error) {
    // The result could not be cloned; a failure always can.
    void transport.send({
      kind: 'response',
      id,
      outcome: { ok: false, failure: toFailure(error) },
    } satisfies Message);
  }
}

function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, id, method, outcome } = message as Record<string, unknown>;
  if (typeof id !== 'number') return false;
  switch (kind) {
    case 'request':
      return typeof method === 'string';
    case 'response':
      return isOutcome(outcome);
    default:
      return kind === 'progress' || kind === 'cancel';
  }
}

function isOutcome(outcome: unknown): boolean {
  if (typeof outcome !== 'object' || outcome === null) return false;
  const { ok, failure } = outcome as Record<string, unknown>;
  return ok === true || (ok === false && typeof failure === 'object' && failure !== null);
}
