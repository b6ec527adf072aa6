import { comparisonTables, type Comparison } from '../../src/core/experiments/correspondence/report';
import type { ReportTable } from '../../src/core/report/experimentReport';
import { element } from '../shared/element';
import { strings } from './strings';

export interface DeltaTables {
  /** The numbers of all layers. */
  readonly measured: HTMLElement;
  /** Those of the paper. */
  readonly paper: HTMLElement;
  readonly update: (comparison: Comparison) => void;
}

export function createDeltaTables(): DeltaTables {
  // Scrolls by itself, so the keyboard must reach it.
  const measured = element('div', { class: 'wide-table', tabindex: 0, role: 'region', 'aria-label': strings.table }); // prettier-ignore
  const paper = element('div', {});
  return {
    measured,
    paper,
    update: (comparison) => {
      const [own, published] = comparisonTables(comparison);
      measured.replaceChildren(tableOf(own!, 'table'));
      paper.replaceChildren(tableOf(published!, 'paper'));
    },
  };
}

function tableOf({ caption, head, rows }: ReportTable, testId: string): HTMLElement {
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
