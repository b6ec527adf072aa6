import type { Transport } from '../protocol/contract';

/** The two ends of a webview: what it sends, and how to send to it. */
export interface ViewChannel {
  readonly send: (message: unknown) => void | PromiseLike<void>;
  readonly onMessage: (listener: (message: unknown) => void) => void;
}

export interface ViewSessions {
  /** Abandons what the present view asked for, when it is hidden or closed. */
  readonly end: (reason: string) => void;
}

/**
 * A webview's page is thrown away when it is hidden or moved, and a new page starts counting its calls anew. Each
 * page is one session with a transport of its own: a session starts with the call `ready` and ends when
 * the next one starts, so that no answer reaches a page that did not ask.
 */
export function viewSessions(channel: ViewChannel, start: (transport: Transport) => void): ViewSessions {
  let current: Session | undefined;
  const end = (reason: string) => {
    current?.close(reason);
    current = undefined;
  };
  channel.onMessage((message) => {
    if (isReadyCall(message)) {
      end('The view was loaded again.');
      current = new Session(channel);
      start(current);
    }
    current?.receive(message);
  });
  return { end };
}

class Session implements Transport {
  readonly #messageListeners: ((message: unknown) => void)[] = [];
  readonly #closeListeners: ((reason: string) => void)[] = [];
  #closed = false;

  constructor(private readonly channel: ViewChannel) {}

  send(message: unknown): void | PromiseLike<void> {
    if (!this.#closed) return this.channel.send(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#messageListeners.push(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.#closeListeners.push(listener);
  }

  receive(message: unknown): void {
    for (const listener of this.#messageListeners) listener(message);
  }

  close(reason: string): void {
    this.#closed = true;
    for (const listener of this.#closeListeners) listener(reason);
  }
}

function isReadyCall(message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, method } = message as Record<string, unknown>;
  return kind === 'request' && method === 'ready';
}
