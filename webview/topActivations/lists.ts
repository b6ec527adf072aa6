import type { ScanProblem, TopLayer } from '../../src/protocol/topActivations';
import { element, setText, show, type Component } from '../shared/element';
import { strings } from './strings';

export interface ListProps {
  /** `undefined` where no picture could be read. */
  readonly layer: TopLayer | undefined;
  readonly problems: readonly ScanProblem[];
}

/** What a scan found beside activations: maps that nothing activates, and what could not be read. */
export function createLists(openMap: (map: number) => void): Component<ListProps> {
  const inactive = createList('inactive-maps');
  const unread = createList('problems');
  let shown: ListProps | undefined;
  return {
    element: element('div', { class: 'lists' }, inactive.element, unread.element),
    update: ({ layer, problems }) => {
      if (!shown || shown.layer !== layer) {
        const links = (layer?.inactive ?? []).map((map) => {
          const link = element('button', { type: 'button', class: 'plain-button' }, strings.map(map));
          link.addEventListener('click', () => openMap(map));
          return link;
        });
        inactive.update(strings.inactiveMaps(links.length), links);
      }
      if (shown?.problems !== problems) {
        const rows = problems.map(({ path, problem }) => element('span', { title: path }, problem));
        unread.update(strings.problems(rows.length), rows);
      }
      shown = { layer, problems };
    },
  };
}

function createList(testId: string) {
  const summary = element('summary', {});
  const items = element('ul', {});
  const details = element('details', { 'data-testid': testId }, summary, items);
  return {
    element: details,
    update: (title: string, children: readonly HTMLElement[]) => {
      setText(summary, title);
      items.replaceChildren(...children.map((child) => element('li', {}, child)));
      show(details, children.length > 0);
    },
  };
}
