import type { Transport } from '../../src/protocol/contract';

/** The part of the webview's API that carries messages. */
export interface MessagePoster {
  postMessage(message: unknown): void;
}

/**
 * The pump's channel between this view and its host. The host outlives the view, so the channel never closes
 * from here; an engine that died is told by calls that fail with `gone`.
 */
export function webviewTransport(api: MessagePoster): Transport {
  return {
    send: (message) => api.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event) => listener(event.data)),
    onClose: () => undefined,
  };
}
