/** What keeps values over sessions: the workspace's state, a map in a test. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** The model chosen last, by folder of the workspace; `''` stands for files outside all folders. */
export interface ModelMemory {
  readonly recall: (folder: string) => string | undefined;
  readonly remember: (folder: string, model: string) => Promise<void>;
}

const key = 'chosenModels';

/** Stands for the bundled model, whose path changes with every version of the extension. */
const bundledModel = 'bundled';

export function modelMemory(store: KeyValueStore, bundled: string): ModelMemory {
  const all = (): Readonly<Record<string, unknown>> => {
    const stored = store.get(key);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  };
  return {
    recall: (folder) => {
      const model = all()[folder];
      if (model === bundledModel) return bundled;
      return typeof model === 'string' ? model : undefined;
    },
    remember: async (folder, model) => {
      await store.update(key, { ...all(), [folder]: model === bundled ? bundledModel : model });
    },
  };
}
