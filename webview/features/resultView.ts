import type { PlotOptions } from '@observablehq/plot';
import { confusionChart } from '../../src/core/charts/confusionChart';
import { losses, type LossName } from '../../src/core/experiments/features/losses';
import type { Rating } from '../../src/core/experiments/features/rateFeatures';
import {
  confusedPairs,
  paperTable,
  ratingChart,
  ratingTable,
  shotChart,
  summariseRatings,
  type LayerRating,
} from '../../src/core/experiments/features/result';
import type { ReportTable } from '../../src/core/report/experimentReport';
import type { RatePlan } from '../../src/protocol/features';
import { drawChart } from '../shared/chart';
import { tableOf } from '../shared/dataTable';
import { element, setAttributes, type Component } from '../shared/element';
import { strings } from './strings';

/** Ratings as far as they are there, at least one. */
export interface Rated {
  readonly plan: RatePlan;
  readonly ratings: readonly Rating[];
}

interface NamedChart {
  readonly caption: string;
  readonly options: PlotOptions;
}

const CONFUSED = 20;

export function bestOf(rated: readonly LayerRating[]): LayerRating {
  return rated.reduce((best, rating) => (rating.mean > best.mean ? rating : best));
}

/** Bars of all layers, curves by pictures learnt from, and the confusion of the best: the same for panel and files. */
export function chartsOf({ plan, ratings }: Rated): readonly NamedChart[] {
  const rated = summariseRatings(ratings);
  const best = bestOf(rated);
  const shots = new Set(rated.map(({ train }) => train)).size;
  const classifiers = [...new Set(rated.map(({ classifier }): LossName => classifier))];
  const charts = [
    ratingChart(rated),
    ...(shots < 2 ? [] : classifiers.map((name) => shotChart(rated, name))),
  ];
  const title = strings.confusion(best.layer, losses[best.classifier].name, best.train);
  charts.push(confusionChart({ title, classes: plan.classes, confusion: best.confusion }));
  return charts.map((options) => ({ caption: options.ariaLabel ?? title, options }));
}

/** What was measured, the paper's numbers, and the classes that are confused. */
export function tablesOf({ plan, ratings }: Rated): readonly [ReportTable, ReportTable, ReportTable] {
  const rated = summariseRatings(ratings);
  return [
    { ...strings.table, rows: ratingTable(rated) },
    { ...strings.paper, rows: paperTable },
    { ...strings.confused, rows: confusedPairs(bestOf(rated), plan.classes, CONFUSED) },
  ];
}

export function createResultView(): Component<Rated> {
  const measured = element('div', {});
  const paper = element('div', {});
  const charts = element('div', { class: 'charts' });
  const confused = element('div', {});
  // The paper's numbers and the charts stay in sight beside a long table.
  const column = element('div', { class: 'charts' }, paper, charts, confused);
  let drawn: readonly Rating[] | undefined;
  return {
    element: element('div', { class: 'beside', 'data-testid': 'result' }, measured, column),
    update: (rated) => {
      if (rated.ratings === drawn) return;
      drawn = rated.ratings;
      const [own, published, pairs] = tablesOf(rated);
      measured.replaceChildren(tableOf(own, 'ratings'));
      paper.replaceChildren(tableOf(published, 'paper'));
      confused.replaceChildren(tableOf(pairs, 'confused'));
      charts.replaceChildren(...chartsOf(rated).map(chartElement));
    },
  };
}

function chartElement({ caption, options }: NamedChart): HTMLElement {
  const chart = drawChart(options);
  setAttributes(chart, { 'aria-hidden': 'true' });
  // Scrolls by itself, so the keyboard must reach it.
  const place = element('div', { class: 'wide-chart', role: 'img', tabindex: 0, 'aria-label': caption, 'data-testid': 'chart' }); // prettier-ignore
  place.append(chart);
  return element('figure', {}, element('figcaption', { class: 'muted' }, caption), place);
}
