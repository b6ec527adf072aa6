import type { DataSetPanelName, DataSetSubject } from '../../protocol/dataSetContract';
import type { KeyValueStore } from '../modelMemory';

/** What panels about data sets were opened for: a state that comes back from a view is held against it. */
export interface DataSetMemory {
  readonly remember: (name: DataSetPanelName, subject: DataSetSubject) => Promise<void>;
  /** Those opened last come first. */
  readonly opened: (name: DataSetPanelName) => readonly DataSetSubject[];
}

const key = 'openedDataSets';
const mostSubjects = 20;

export function dataSetMemory(store: KeyValueStore): DataSetMemory {
  const all = (): Readonly<Record<string, unknown>> => {
    const stored = store.get(key);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  };
  const opened = (name: DataSetPanelName): readonly DataSetSubject[] => {
    const stored = all()[name];
    return Array.isArray(stored) ? stored.filter(isSubject) : [];
  };
  return {
    opened,
    remember: async (name, { model, pictures }) => {
      const others = opened(name).filter((other) => other.model !== model || other.pictures !== pictures);
      await store.update(key, { ...all(), [name]: [{ model, pictures }, ...others].slice(0, mostSubjects) });
    },
  };
}

/** Whether a value, perhaps of another version or of a view, is a subject. */
export function isSubject(value: unknown): value is DataSetSubject {
  if (typeof value !== 'object' || value === null) return false;
  const { model, pictures } = value as Record<string, unknown>;
  return typeof model === 'string' && typeof pictures === 'string';
}
