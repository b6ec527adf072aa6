/** Applies `load` to items in order, up to `ahead` of them at work before the first is asked for. */
export async function* prefetch<T, R>(
  items: readonly T[],
  ahead: number,
  load: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const loading: Promise<R>[] = [];
  let next = 0;
  const fill = () => {
    while (next < items.length && loading.length < ahead) {
      const loaded = load(items[next++]!);
      // Waited for below; until then a failure must not count as unhandled.
      loaded.catch(() => undefined);
      loading.push(loaded);
    }
  };
  for (fill(); loading.length > 0; fill()) yield await loading.shift()!;
}
