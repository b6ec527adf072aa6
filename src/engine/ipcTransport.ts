import type { Transport } from '../protocol/contract';

/** The part of `process` in a child, and of a `ChildProcess` in its parent, that carries messages. */
export interface IpcChannel {
  readonly connected: boolean;
  send?(
    message: unknown,
    handle: undefined,
    options: undefined,
    callback: (error: Error | null) => void,
  ): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
}

/**
 * Carries messages between a process and its fork. Sending settles when the operating system has taken the message,
 * so that a fast producer waits for a slow reader instead of filling memory.
 */
export function ipcTransport(channel: IpcChannel): Transport {
  return {
    send: (message) => {
      if (!channel.connected || !channel.send) return;
      let taken: () => void = () => undefined;
      const settled = new Promise<void>((resolve) => (taken = resolve));
      channel.send(message, undefined, undefined, taken);
      return settled;
    },
    onMessage: (listener) => void channel.on('message', listener),
    onClose: (listener) => void channel.once('disconnect', () => listener('The other process is gone.')),
  };
}
