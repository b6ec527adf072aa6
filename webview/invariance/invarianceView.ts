import {
  invarianceChart,
  invarianceQuantities,
  steepness,
} from '../../src/core/experiments/invarianceResult';
import type { Picture } from '../../src/core/imaging/preprocessing';
import { createChart, type ChartProps } from '../shared/chart';
import { element, setText, show, type Component } from '../shared/element';
import type { ExperimentPage, ExperimentView } from '../shared/experimentPage';
import { percent } from '../../src/core/report/numbers';
import { createControls } from './controls';
import { createCursorTable } from './cursorTable';
import { createExports } from './exports';
import { createInvarianceModel, type InvarianceState } from './invarianceModel';
import { comparedImages, curvesOf } from './measurement';
import { settingValues } from './settings';
import { strings } from './strings';
import { createTransformedPictures } from './transformedPictures';

/** Figure 5 of the paper: curves that grow while they are looked at, and the pictures behind them. */
export function createInvarianceView(page: ExperimentPage): ExperimentView {
  const model = createInvarianceModel(page);
  const controls = createControls(model.change);
  const pictures = pictureLoader(page);
  const charts = createCharts(model.point);
  const transformed = createTransformedPictures();
  const table = createCursorTable({
    choose: (image, label) => model.change({ labels: { ...model.get()?.settings.labels, [image]: label } }),
    refuse: controls.refuse,
  });
  const words = element('p', { 'data-testid': 'steepness', role: 'status' });
  const content = element(
    'div',
    { class: 'measured' },
    element('p', { class: 'muted' }, strings.hint),
    element('div', { class: 'figure' }, charts.element, transformed.element),
    words,
    table.element,
  );
  return {
    ...model,
    title: strings.title,
    controls: controls.element,
    content,
    notes: () => notesOf(model.get()),
    exports: createExports(() => model.get()!),
    draw: ({ phase }) => {
      const state = model.get();
      show(content, state !== null);
      show(controls.element, state !== null);
      if (!state) return;
      const { subject, settings, cursor } = state;
      controls.update(state);
      charts.update(state);
      table.update(state);
      setText(words, phase === 'done' ? steepnessSentence(state) : '');
      const images = comparedImages(subject);
      transformed.update({
        images,
        pictureOf: (image) => pictures(subject.model, image),
        kind: settings.kind,
        value: cursor,
      });
    },
  };
}

function notesOf(state: InvarianceState | null): readonly string[] {
  if (!state) return [];
  const { subject, settings, measurements } = state;
  return [...new Set(curvesOf(subject, settings, measurements).flatMap(({ plan }) => plan.notes))];
}

function steepnessSentence({ subject, settings, measurements }: InvarianceState): string {
  const curves = curvesOf(subject, settings, measurements);
  return (curves[0]?.layers ?? [])
    .flatMap((layer, index) => {
      const share = steepness(curves, index);
      return share === null ? [] : [strings.steepness(layer, percent(share))];
    })
    .join(' ');
}

/** One chart for each layer and one for the probability, drawn anew only when a point was added. */
function createCharts(onCursor: (value: number) => void): Component<InvarianceState> {
  const place = element('div', { class: 'charts' });
  let charts: Component<ChartProps>[] = [];
  let before: InvarianceState | undefined;
  let drawn: Pick<ChartProps, 'title' | 'options'>[] = [];
  return {
    element: place,
    update: (state) => {
      const { subject, settings, measurements, cursor } = state;
      const isNew = before?.settings !== settings || before.measurements !== measurements;
      before = state;
      if (isNew) {
        const curves = curvesOf(subject, settings, measurements);
        const { from, to } = settings.ranges[settings.kind];
        const { scale } = settings;
        drawn = invarianceQuantities(curves).map((quantity) =>
          invarianceChart(curves, quantity, { scale, range: [from, to] }),
        );
      }
      if (charts.length !== drawn.length) {
        charts = drawn.map(() => createChart(onCursor));
        place.replaceChildren(...charts.map((chart) => chart.element));
      }
      const values = settingValues(settings);
      const text = strings.cursor(cursor);
      charts.forEach((chart, i) => chart.update({ ...drawn[i]!, cursor: { values, at: cursor, text } }));
    },
  };
}

/** Pictures as the network sees them, asked for once. */
function pictureLoader({ host, refresh }: ExperimentPage) {
  const known = new Map<string, Picture | undefined>();
  return (model: string, image: string): Picture | undefined => {
    const key = `${model}\n${image}`;
    if (!known.has(key)) {
      known.set(key, undefined);
      void host.call('viewPicture', { model, image }).then((outcome) => {
        if (!outcome.ok) return;
        known.set(key, outcome.value.picture);
        refresh();
      });
    }
    return known.get(key);
  };
}
