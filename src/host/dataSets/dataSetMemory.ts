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
    remember: async (name, subject) => {
      const others = opened(name).filter((other) => !isSameSubject(other, subject));
      await store.update(key, { ...all(), [name]: [rebuilt(subject), ...others].slice(0, mostSubjects) });
    },
  };
}

/** Whether a value, perhaps of another version or of a view, is a subject. */
export function isSubject(value: unknown): value is DataSetSubject {
  if (typeof value !== 'object' || value === null) return false;
  const { model, pictures, index } = value as Record<string, unknown>;
  const isIndex = index === undefined || typeof index === 'string';
  return typeof model === 'string' && typeof pictures === 'string' && isIndex;
}

export function isSameSubject(a: DataSetSubject, b: DataSetSubject): boolean {
  return a.model === b.model && a.pictures === b.pictures && a.index === b.index;
}

/** A subject and nothing else that came with it. */
function rebuilt({ model, pictures, index }: DataSetSubject): DataSetSubject {
  return { model, pictures, ...(index !== undefined && { index }) };
}
