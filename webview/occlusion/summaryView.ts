import type { ReportTable } from '../../src/core/report/experimentReport';
import { element, type Component } from '../shared/element';
import { strings } from './strings';
import type { Sweep } from './sweep';
import { labelTable } from './tables';
import { summarySentences } from './words';

/** What the sweep found, in words and as a table. */
export function createSummaryView(): Component<Sweep> {
  const sentences = element('div', { 'data-testid': 'summary' });
  const table = element('div', {});
  return {
    element: element(
      'section',
      { class: 'summary' },
      element('h2', {}, strings.summary.heading),
      sentences,
      table,
    ),
    update: (sweep) => {
      sentences.replaceChildren(...summarySentences(sweep).map((text) => element('p', {}, text)));
      const labels = labelTable(sweep);
      table.replaceChildren(...(labels ? [tableView(labels)] : []));
    },
  };
}

function tableView({ caption, head, rows }: ReportTable): HTMLElement {
  return element(
    'table',
    { class: 'data-table' },
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element(
      'tbody',
      {},
      ...rows.map((row) => element('tr', {}, ...row.map((value) => element('td', {}, String(value))))),
    ),
  );
}
