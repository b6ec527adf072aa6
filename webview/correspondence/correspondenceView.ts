import { comparisonSentences, type Comparison } from '../../src/core/experiments/correspondence/report';
import { deltaChart } from '../../src/core/experiments/correspondence/result';
import { drawChart } from '../shared/chart';
import { element, setAttributes, setText, show } from '../shared/element';
import type { ExperimentPage, ExperimentView } from '../shared/experimentPage';
import { comparisonOf, type Compared } from './comparison';
import { createControls } from './controls';
import { createCorrespondenceModel } from './correspondenceModel';
import { createDeltaTables } from './deltaTables';
import { createExports } from './exports';
import { strings } from './strings';

/** Table 1 of the paper for one's own pictures: bars that grow while they are looked at, and the numbers. */
export function createCorrespondenceView(page: ExperimentPage): ExperimentView {
  const model = createCorrespondenceModel(page);
  const controls = createControls(model.change, () => void page.host.call('openPanel', { name: 'parts' }));
  const sentences = element('ul', { class: 'findings', 'data-testid': 'findings' });
  const images = element('p', { class: 'muted', 'data-testid': 'images' });
  // Scrolls by itself, so the keyboard must reach it.
  const chart = element('div', { class: 'wide-chart', role: 'img', tabindex: 0, 'aria-label': strings.chart, 'data-testid': 'chart' }); // prettier-ignore
  const tables = createDeltaTables();
  const beside = element('div', { class: 'beside' }, chart, tables.paper);
  const measured = element('div', {}, sentences, beside, tables.measured, images);
  const content = element('div', { class: 'measured' }, element('p', { class: 'muted' }, strings.hint), measured); // prettier-ignore
  let drawn: Compared | null = null;

  const draw = (compared: Compared) => {
    drawn = compared;
    const comparison: Comparison = comparisonOf(compared);
    const found = comparisonSentences(comparison);
    sentences.replaceChildren(...found.map((sentence) => element('li', {}, sentence)));
    const bars = drawChart(deltaChart(comparison.deltas));
    setAttributes(bars, { 'aria-hidden': 'true' });
    chart.replaceChildren(bars);
    tables.update(comparison);
    setText(images, strings.images(comparison.images));
  };

  return {
    ...model,
    title: strings.title,
    controls: controls.element,
    content,
    notes: () => model.get()?.compared?.plan.notes ?? [],
    exports: createExports(() => model.get()!),
    draw: () => {
      const state = model.get();
      show(controls.element, state !== null);
      show(measured, !!state?.compared);
      if (!state) return;
      controls.update(state);
      if (state.compared && state.compared !== drawn) draw(state.compared);
    },
  };
}
