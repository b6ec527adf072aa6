import type { ScanProblem, TopLayer } from '../../src/protocol/topActivations';
import { element, type Component } from '../shared/element';
import { createFoldedList } from '../shared/foldedList';
import { createProblemList } from '../shared/problemList';
import { strings } from './strings';

export interface ListProps {
  /** `undefined` where no picture could be read. */
  readonly layer: TopLayer | undefined;
  readonly problems: readonly ScanProblem[];
}

/** What a scan found beside activations: maps that nothing activates, and what could not be read. */
export function createLists(openMap: (map: number) => void): Component<ListProps> {
  const inactive = createFoldedList('inactive-maps');
  const unread = createProblemList();
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
      unread.update(problems);
      shown = { layer, problems };
    },
  };
}
