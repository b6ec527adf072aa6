import { element, setText, show } from '../shared/element';
import type { ExperimentPage, ExperimentView } from '../shared/experimentPage';
import { slider } from '../shared/slider';
import { createControls } from './controls';
import { createExports } from './exports';
import { createMapViews } from './mapViews';
import { mapName } from '../../src/core/experiments/occlusion/plan';
import { createProjections } from './projections';
import { createProjectionView } from './projectionView';
import { strings } from './strings';
import { createSummaryView } from './summaryView';
import type { Sweep } from './sweep';
import { createSweepModel } from './sweepModel';
import { cellSentence } from './words';

/** The occlusion sweep: settings, maps that fill while they are looked at, and what they say. */
export function createOcclusionView(page: ExperimentPage): ExperimentView {
  const { host, refresh } = page;
  const model = createSweepModel(page);
  const projections = createProjections(host, refresh);
  let projected = 0;
  const look = (index: number) => {
    projected = index;
    refresh();
  };
  const views = createMapViews({ ...model, look });
  const controls = createControls(model);
  const projection = createProjectionView(look);
  let opacity = 0.75;
  const opacitySlider = slider({
    text: strings.views.opacity,
    label: strings.views.opacityLabel,
    value: opacity,
    testId: 'opacity',
    onInput: (value) => {
      opacity = value;
      refresh();
    },
  });
  const numbers = element('p', { class: 'numbers', 'data-testid': 'numbers' });
  const summary = createSummaryView();
  let summarised: Sweep | undefined;
  const measured = element(
    'div',
    { class: 'measured' },
    numbers,
    element(
      'div',
      { class: 'map-tools' },
      element('span', { class: 'muted' }, strings.views.hint),
      opacitySlider,
    ),
    views.element,
    element('div', { class: 'below-maps' }, projection.element, summary.element),
  );

  return {
    ...model,
    title: strings.title,
    controls: controls.element,
    content: measured,
    progress: () => {
      const sweep = model.get()?.sweep;
      return sweep ? { done: sweep.done, total: sweep.result.done.length } : null;
    },
    notes: () => model.get()?.sweep?.plan.notes ?? [],
    exports: createExports(() => ({ ...measuredState(model.get()), shots: views.shots() })),
    draw: ({ subject }) => {
      const state = model.get();
      show(controls.element, state !== null);
      show(measured, !!state?.sweep);
      if (state) controls.update(state);
      if (!state?.sweep || !subject) return;
      const { sweep, window, recording } = state;
      const { input } = recording;
      views.update({ input, sweep, window, opacity });
      setText(numbers, cellSentence(sweep, window));
      if (sweep !== summarised) summary.update(sweep);
      summarised = sweep;
      const { maps } = sweep.plan;
      const selected = Math.min(projected, maps.length - 1);
      const unit = projections.of(subject, maps[selected]!);
      projection.update({ names: maps.map(mapName), selected, input, unit });
    },
  };
}

function measuredState(state: ReturnType<ReturnType<typeof createSweepModel>['get']>) {
  if (!state?.sweep) throw new Error('Nothing is measured yet');
  const { recording, sweep } = state;
  return { recording, sweep };
}
