/** Values by key, the least recently used dropped first when their sizes exceed `capacity`. */
export interface Lru<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, size: number): void;
  delete(key: string): void;
  /** Keys in no particular order; they may be deleted on the way. */
  keys(): Iterable<string>;
}

/** The newest value stays even when it is larger than the capacity alone. `dropped` hears of every value that leaves. */
export function createLru<V>(capacity: number, dropped: (value: V) => void = () => undefined): Lru<V> {
  const kept = new Map<string, { readonly value: V; readonly size: number }>();
  let total = 0;
  const remove = (key: string) => {
    const entry = kept.get(key);
    if (!entry) return;
    kept.delete(key);
    total -= entry.size;
    dropped(entry.value);
  };
  return {
    get(key) {
      const entry = kept.get(key);
      if (!entry) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set(key, value, size) {
      remove(key);
      kept.set(key, { value, size });
      total += size;
      for (const oldest of [...kept.keys()]) {
        if (total <= capacity || oldest === key) break;
        remove(oldest);
      }
    },
    delete: remove,
    keys: () => [...kept.keys()],
  };
}
