import { createLru } from './lru';
import { areUnchanged, modelStamp } from './modelFiles';
import { openModel, type Backend, type OpenModel } from './openModel';

/** Open models by path. One whose file, sidecar, weights or labels changed is opened anew; a model is closed when nobody uses it any more. */
export interface Models {
  /** Runs `body` with the model, which stays open until then whatever happens to the cache. */
  use<T>(file: string, body: (model: OpenModel) => Promise<T>): Promise<T>;
  forget(file: string): void;
}

const MAX_OPEN = 3;

interface Entry {
  readonly stamp: string;
  readonly opening: Promise<OpenModel>;
  /** Once it is open. */
  model: OpenModel | undefined;
  users: number;
  dropped: boolean;
}

export function createModels(backend: Backend): Models {
  const kept = createLru<Entry>(MAX_OPEN, (entry) => {
    entry.dropped = true;
    closeWhenUnused(entry);
  });
  return {
    async use(file, body) {
      const stamp = await modelStamp(file);
      await dropIfFilesBesideChanged(file);
      // Found and taken in one turn: nothing may close it in between.
      const entry = find(file, stamp);
      entry.users++;
      try {
        return await body(await entry.opening);
      } finally {
        entry.users--;
        closeWhenUnused(entry);
      }
    },
    forget: (file) => kept.delete(file),
  };

  async function dropIfFilesBesideChanged(file: string): Promise<void> {
    const entry = kept.get(file);
    if (!entry?.model || (await areUnchanged(entry.model.furtherFiles))) return;
    if (kept.get(file) === entry) kept.delete(file);
  }

  function find(file: string, stamp: string): Entry {
    const known = kept.get(file);
    if (known?.stamp === stamp) return known;
    const opening = openModel(file, stamp, backend);
    const entry: Entry = { stamp, opening, model: undefined, users: 0, dropped: false };
    kept.set(file, entry, 1);
    opening.then(
      (model) => (entry.model = model),
      // A model that cannot be opened is tried again next time.
      () => {
        if (kept.get(file) === entry) kept.delete(file);
      },
    );
    return entry;
  }
}

function closeWhenUnused(entry: Entry): void {
  if (!entry.dropped || entry.users > 0) return;
  entry.opening.then(
    (model) => model.close(),
    () => undefined,
  );
}
