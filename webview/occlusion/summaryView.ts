import { summaryTables } from '../../src/core/experiments/occlusion/report';
import { summarySentences } from '../../src/core/experiments/occlusion/sentences';
import type { ReportTable } from '../../src/core/report/experimentReport';
import { element, type Component } from '../shared/element';
import { strings } from './strings';
import type { Sweep } from './sweep';

/** What the sweep found, in words and as tables. */
export function createSummaryView(): Component<Sweep> {
  const sentences = element('div', { 'data-testid': 'summary' });
  const tables = element('div', { class: 'tables' });
  return {
    element: element(
      'section',
      { class: 'summary' },
      element('h2', {}, strings.summary.heading),
      sentences,
      tables,
    ),
    update: (sweep) => {
      sentences.replaceChildren(...summarySentences(sweep).map((text) => element('p', {}, text)));
      tables.replaceChildren(...summaryTables(sweep).map(tableView));
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
