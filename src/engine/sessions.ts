import type { Graph } from '../core/graph/graph';
import type { Runtime, Session } from '../core/runtime';
import { createLru } from './lru';

/** Sessions of graphs that were made from one model, opened when they are asked for. */
export interface Sessions {
  /** Runs `body` with the session of a graph, which stays open until then. `key` stands for the graph. */
  use<T>(key: string, graph: Graph, body: (session: Session) => Promise<T>): Promise<T>;
  /** Closes all of them, those in use as soon as they are not. */
  readonly close: () => Promise<void>;
}

interface Entry {
  readonly session: Promise<Session>;
  users: number;
  dropped: boolean;
  /** Set once: a session is closed once, whoever notices that nobody uses it. */
  closing?: Promise<void>;
}

/** Keeps sessions whose weights take up to `capacity` bytes, the least recently used closed first. */
export function createSessions(name: string, runtime: Runtime, capacity: number): Sessions {
  const kept = createLru<Entry>(capacity, (entry) => {
    entry.dropped = true;
    void closeWhenUnused(entry);
  });
  const find = (key: string, graph: Graph): Entry => {
    const known = kept.get(key);
    if (known) return known;
    const entry: Entry = { session: runtime.open({ ...graph, name }), users: 0, dropped: false };
    kept.set(key, entry, bytesOf(graph));
    // What failed is tried again next time.
    entry.session.catch(() => kept.get(key) === entry && kept.delete(key));
    return entry;
  };
  return {
    async use(key, graph, body) {
      const entry = find(key, graph);
      entry.users++;
      try {
        return await body(await entry.session);
      } finally {
        entry.users--;
        await closeWhenUnused(entry);
      }
    },
    close: async () => {
      const open = [...kept.keys()].map((key) => kept.get(key)!);
      for (const key of kept.keys()) kept.delete(key);
      await Promise.all(open.map(closeWhenUnused));
    },
  };
}

function bytesOf({ constants }: Graph): number {
  let bytes = 0;
  for (const { data } of constants.values()) bytes += data.byteLength;
  return bytes;
}

async function closeWhenUnused(entry: Entry): Promise<void> {
  if (!entry.dropped || entry.users > 0) return;
  entry.closing ??= entry.session.then(
    (session) => session.close(),
    () => undefined,
  );
  await entry.closing;
}
