/** Values from many sources, read by one. */
export interface Channel<T> {
  readonly push: (value: T) => void;
  /** Nothing more comes; the reader gets what is there, then the error if there is one. */
  readonly close: (error?: Error) => void;
  readonly values: AsyncGenerator<T, void, undefined>;
}

export function createChannel<T>(): Channel<T> {
  const waiting: T[] = [];
  let closed: { readonly error: Error | undefined } | undefined;
  let wake: () => void = () => undefined;
  const read = async function* (): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (waiting.length > 0) yield waiting.shift()!;
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
    },
    values: read(),
  };
}
