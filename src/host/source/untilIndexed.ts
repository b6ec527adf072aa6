import type { CodeIndex } from '../codeIndex';

/** Resolves once a condition on the index holds, which is looked at whenever it learns something; at the latest after `patience` milliseconds. */
export function untilIndexed(index: CodeIndex, holds: () => boolean, patience?: number): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve();
    };
    const timer = patience === undefined ? undefined : setTimeout(done, patience);
    const subscription = index.onDidChange(() => {
      if (holds()) done();
    });
  });
}
