import { comparisonTables, type Comparison } from '../../src/core/experiments/correspondence/report';
import { tableOf } from '../shared/dataTable';
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
