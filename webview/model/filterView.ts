import type { FilterReport } from '../../src/protocol/model';
import { element, setText, show, type Component } from '../shared/element';
import { failureViews } from '../shared/failureView';
import { number } from '../../src/core/report/numbers';
import { dropdown, button } from '../shared/toolkit';
import { createRemarks, filterTable, remarksOn } from './remarks';
import type { ModelViewState, SheetScale } from './session';
import { createSheetView } from './sheetView';
import { strings } from './strings';

export interface FilterViewActions {
  readonly setScale: (scale: SheetScale) => void;
  readonly save: (name: string, canvas: HTMLCanvasElement) => Promise<string>;
  readonly showLog: () => void;
}

/** The filters of the selected layer: the sheet, the selected filter, and what the weights say. */
export function createFilterView(actions: FilterViewActions): Component<ModelViewState> {
  const heading = element('h2', {});
  const figures = element('dl', { class: 'figures' });
  const problem = element('div', {});
  const legend = element('p', { class: 'muted' });
  const unit = element('p', { class: 'unit', role: 'status', 'data-testid': 'filter' });
  const table = element('div', {});
  let report: FilterReport | null = null;
  let selected = 0;

  const select = (filter: number) => {
    selected = filter;
    drawSelected();
  };
  const sheet = createSheetView(select);
  const remarks = createRemarks(select);
  const tools = createTools(actions.setScale, () => void save());
  const body = element('div', { class: 'filter-body' }, tools.element, sheet.element, unit, legend);

  const save = async () => {
    const canvas = sheet.canvas();
    if (report && canvas) tools.say(await actions.save(`filters-${report.layer}.png`, canvas));
  };
  const drawSelected = () => {
    if (!report) return;
    if (report.sheet) sheet.update({ layer: report.layer, sheet: report.sheet, selected });
    const facts = remarksOn(report.statistics, selected);
    setText(
      unit,
      [strings.filters.unit(selected, report.statistics.rms[selected] ?? 0), ...facts].join(' · '),
    );
  };
  const drawReport = (next: FilterReport) => {
    if (next.layer !== report?.layer) selected = 0;
    report = next;
    figures.replaceChildren(...figuresOf(next));
    show(body, next.sheet !== null);
    setText(legend, next.sheet ? legendOf(next, next.sheet) : '');
    problem.replaceChildren(
      ...(next.sheet ? [] : [element('p', { class: 'muted' }, strings.filters.noSheet)]),
    );
    remarks.update(next.statistics);
    table.replaceChildren(filterTable(next.statistics));
    drawSelected();
  };

  return {
    element: element(
      'section',
      { class: 'filter-view', 'aria-live': 'off' },
      heading,
      figures,
      problem,
      body,
      remarks.element,
      table,
    ),
    update: ({ layer, filters, filtersFailure }) => {
      setText(heading, layer === null ? '' : strings.filters.heading(layer));
      if (filters && filters !== report) drawReport(filters);
      const waiting = filters === null;
      for (const part of [figures, remarks.element, table]) show(part, !waiting);
      if (!waiting) return;
      report = null;
      show(body, false);
      problem.replaceChildren(
        ...(filtersFailure
          ? failureViews(filtersFailure, { showLog: actions.showLog })
          : [element('p', { class: 'muted', role: 'status' }, layer === null ? '' : strings.measuring)]),
      );
    },
  };
}

/** The contrast, and the button that saves the sheet with what came of it. */
function createTools(setScale: (scale: SheetScale) => void, save: () => void) {
  const saved = element('span', { class: 'export-message', role: 'status' });
  const { scale, scales } = strings.filters;
  const contrast = dropdown<SheetScale>({
    label: scale,
    choices: (['sheet', 'filter'] as const).map((value) => ({ value, text: scales[value] })),
    selected: 'sheet',
    onChange: setScale,
    testId: 'scale',
  });
  const saving = button({ text: strings.filters.save, onClick: save, testId: 'save' });
  return {
    element: element('div', { class: 'filter-tools' }, contrast, saving, saved),
    say: (text: string) => setText(saved, text),
  };
}

function figuresOf({ dims, stride, groups, statistics, folded }: FilterReport): HTMLElement[] {
  const { filters } = strings;
  const [count, channels, height, width] = dims;
  const figure = (name: string, value: string) =>
    element('div', { class: 'figure' }, element('dt', {}, name), element('dd', {}, value));
  return [
    figure(filters.count, String(count)),
    figure(filters.size, [channels, height, width].join(' × ')),
    figure(filters.stride, [...new Set(stride)].join(' × ')),
    ...(groups > 1 ? [figure(filters.groups, String(groups))] : []),
    figure(filters.median, number(statistics.medianRms)),
    ...(folded.length > 0 ? [figure(filters.folded, folded.join(', '))] : []),
  ];
}

function legendOf(report: FilterReport, sheet: NonNullable<FilterReport['sheet']>): string {
  const { kinds, partly } = strings.filters;
  const [count] = report.dims;
  const rest = sheet.shown < count ? [partly(sheet.shown, count)] : [];
  return [kinds[sheet.kind], ...rest].join(' ');
}
