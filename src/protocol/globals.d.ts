// What Node, the extension host and the browser share beyond the ES library and src/core/globals.d.ts.
// Everywhere else the environment's own declarations take their place.

interface AbortSignal {
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare const AbortController: new () => AbortController;
