import type { ReportTable } from '../../src/core/report/experimentReport';
import { element } from './element';

/** A table of a report on the page; the first cell of a row names it. */
export function tableOf({ caption, head, rows }: ReportTable, testId: string): HTMLElement {
  return element(
    'table',
    { class: 'data-table', 'data-testid': testId },
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element('tbody', {}, ...rows.map(rowOf)),
  );
}

function rowOf([name, ...cells]: readonly (string | number)[]): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, String(name)),
    ...cells.map((cell) => element('td', {}, String(cell))),
  );
}
