import { element, setText, show } from './element';

export interface FoldedList {
  readonly element: HTMLElement;
  /** Shows nothing where there are no entries. */
  readonly update: (title: string, entries: readonly HTMLElement[]) => void;
}

/** A list that its title unfolds. */
export function createFoldedList(testId: string): FoldedList {
  const summary = element('summary', {});
  const items = element('ul', {});
  const details = element('details', { 'data-testid': testId }, summary, items);
  return {
    element: details,
    update: (title, entries) => {
      setText(summary, title);
      items.replaceChildren(...entries.map((entry) => element('li', {}, entry)));
      show(details, entries.length > 0);
    },
  };
}
