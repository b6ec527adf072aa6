/**
 * A contract names the calls one side of a pump answers. Each call has parameters, one result, and
 * optionally a stream of progress values before it. Everything must survive structured cloning: plain data and
 * typed arrays of exactly their own size.
 */
export interface Call {
  readonly params: unknown;
  readonly progress: unknown;
  readonly result: unknown;
}

export type Contract<C> = { readonly [K in keyof C]: Call };

/** An error that crossed a boundary. `user` errors carry a sentence and a hint; others are bugs. */
export interface Failure {
  readonly kind: 'user' | 'bug' | 'cancelled' | 'gone';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Paths of files that were read or missed before it: once one of them changes, another try may succeed. */
  readonly files?: readonly string[];
  /** For the log, never for the user. */
  readonly stack?: string;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export interface CallOptions<P> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (value: P) => void;
}

/** The calling side. Every call is answered, also when the other side dies (`gone`). It never rejects. */
export interface Peer<C extends Contract<C>> {
  call<K extends keyof C & string>(
    method: K,
    params: C[K]['params'],
    options?: CallOptions<C[K]['progress']>,
  ): Promise<Outcome<C[K]['result']>>;
}

export interface CallContext<P> {
  readonly signal: AbortSignal;
  /** Sends one value. Await it before making the next large one: it settles when the channel has taken this one. */
  readonly progress: (value: P) => Promise<void>;
}

/** The answering side. A handler throws `UserError` for what the user can act on. */
export type Handlers<C extends Contract<C>> = {
  readonly [K in keyof C]: (
    params: C[K]['params'],
    context: CallContext<C[K]['progress']>,
  ) => Promise<C[K]['result']>;
};

/** The contract of a side that answers nothing. */
export type NoCalls = Record<never, Call>;

/** What carries messages: an IPC channel, a webview, a pair of functions in a test. */
export interface Transport {
  /**
   * Throws when the message cannot be cloned. A returned promise settles when the channel has taken the message;
   * it never rejects: a channel that breaks says so through `onClose`.
   */
  send(message: unknown): void | PromiseLike<void>;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side is gone for good. */
  onClose(listener: (reason: string) => void): void;
}
