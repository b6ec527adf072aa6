import type { PanelSubject } from '../protocol/panelContract';
import type { KeyValueStore } from './modelMemory';

/** What panels were opened for, so that a state which comes back from a view is held against it. */
export interface SubjectMemory {
  readonly remember: (subject: PanelSubject) => Promise<void>;
  /** Whether some panel was opened for this model and, at least, these images. */
  readonly knows: (subject: PanelSubject) => boolean;
}

const key = 'openedSubjects';
const mostSubjects = 20;

interface OpenedSubject {
  readonly model: string;
  readonly images: readonly string[];
}

export function subjectMemory(store: KeyValueStore): SubjectMemory {
  const opened = (): readonly OpenedSubject[] => {
    const stored = store.get(key);
    return Array.isArray(stored) ? stored.filter(isOpenedSubject) : [];
  };
  return {
    remember: async ({ model, images }) => {
      const others = opened().filter((subject) => !isSame(subject, { model, images }));
      await store.update(key, [{ model, images }, ...others].slice(0, mostSubjects));
    },
    knows: ({ model, images }) =>
      opened().some(
        (subject) => subject.model === model && images.every((image) => subject.images.includes(image)),
      ),
  };
}

function isSame(a: OpenedSubject, b: OpenedSubject): boolean {
  return a.model === b.model && a.images.join('\0') === b.images.join('\0');
}

function isOpenedSubject(value: unknown): value is OpenedSubject {
  if (typeof value !== 'object' || value === null) return false;
  const { model, images } = value as Record<string, unknown>;
  return (
    typeof model === 'string' && Array.isArray(images) && images.every((image) => typeof image === 'string')
  );
}
