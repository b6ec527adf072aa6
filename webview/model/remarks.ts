import type { FilterStatistics } from '../../src/core/filters/statistics';
import { element, type Component } from '../shared/element';
import { number } from '../../src/core/report/numbers';
import { strings } from './strings';

/** How many filters of a kind are named; the table names all. */
const MOST = 24;

/** The filters that stand out, each a button that selects it. */
export function createRemarks(select: (filter: number) => void): Component<FilterStatistics> {
  const list = element('dl', { class: 'remarks' });
  const chips = (filters: readonly number[]) => [
    ...filters.slice(0, MOST).map((filter) => chip(filter, select)),
    ...(filters.length > MOST ? [strings.filters.more(filters.length - MOST)] : []),
  ];
  const row = (name: string, content: readonly (Node | string)[]) => [
    element('dt', {}, name),
    element('dd', { class: 'chips' }, ...(content.length > 0 ? content : [strings.filters.none])),
  ];
  return {
    element: list,
    update: ({ dead, dominating, duplicates }) => {
      const { filters } = strings;
      const groups = duplicates?.map((group) =>
        element('span', { class: 'chips' }, ...chips(group.filters)),
      ) ?? [filters.notCompared];
      list.replaceChildren(
        ...row(filters.dead, chips(dead)),
        ...row(filters.dominating, chips(dominating)),
        ...row(filters.duplicates, groups),
      );
    },
  };
}

/** What stands out about one filter, in words. */
export function remarksOn({ dead, dominating, duplicates }: FilterStatistics, filter: number): string[] {
  const { facts } = strings.filters;
  return [
    ...(dead.includes(filter) ? [facts.dead] : []),
    ...(dominating.includes(filter) ? [facts.dominating] : []),
    ...(duplicates?.some(({ filters }) => filters.includes(filter)) ? [facts.duplicate] : []),
  ];
}

/** The numbers behind the picture; its rows are made when it is opened. */
export function filterTable(statistics: FilterStatistics): HTMLElement {
  const { table, tableColumns } = strings.filters;
  const details = element('details', {}, element('summary', {}, table));
  details.addEventListener(
    'toggle',
    () => {
      const rows = Array.from(statistics.rms, (rms, filter) =>
        element(
          'tr',
          {},
          element('td', {}, String(filter)),
          element('td', {}, number(rms)),
          element('td', {}, remarksOn(statistics, filter).join(', ')),
        ),
      );
      const header = element('tr', {}, ...tableColumns.map((name) => element('th', { scope: 'col' }, name)));
      details.append(element('table', { class: 'data-table' }, header, ...rows));
    },
    { once: true },
  );
  return details;
}

function chip(filter: number, select: (filter: number) => void): HTMLElement {
  const created = element(
    'button',
    { class: 'plain-button', type: 'button', 'aria-label': strings.filters.select(filter) },
    String(filter),
  );
  created.addEventListener('click', () => select(filter));
  return created;
}
