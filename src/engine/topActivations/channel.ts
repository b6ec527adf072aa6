/** Values from many sources, read by one. */
export interface Channel<T> {
  readonly push: (value: T) => void;
  /** Nothing more comes; the reader gets what is there, then the error if there is one. */
  readonly close: (error?: Error) => void;
  /** Resolves as soon as at most so many values wait for the reader, or nothing more comes. */
  readonly room: (most: number) => Promise<void>;
  readonly values: AsyncGenerator<T, void, undefined>;
}

export function createChannel<T>(): Channel<T> {
  const waiting: T[] = [];
  let closed: { readonly error: Error | undefined } | undefined;
  let wake: () => void = () => undefined;
  const held: (() => void)[] = [];
  const letGo = () => {
    for (const resume of held.splice(0)) resume();
  };
  const read = async function* (): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (waiting.length > 0) {
        const value = waiting.shift()!;
        letGo();
        yield value;
      }
      if (closed?.error) throw closed.error;
      if (closed) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return {
    push: (value) => {
      waiting.push(value);
      wake();
    },
    close: (error) => {
      closed ??= { error };
      wake();
      letGo();
    },
    room: async (most) => {
      while (waiting.length > most && !closed) await new Promise<void>((resolve) => held.push(resolve));
    },
    values: read(),
  };
}
