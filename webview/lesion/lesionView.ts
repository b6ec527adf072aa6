import { element, show } from '../shared/element';
import type { ExperimentPage, ExperimentView } from '../shared/experimentPage';
import { createAnswersView } from './answersView';
import { createControls } from './controls';
import { createExports } from './exports';
import { createLesionModel } from './lesionModel';
import { createRankingView } from './rankingView';
import { toggled } from './settings';
import { strings } from './strings';

/** Feature maps that are switched off, and what the network answers then. */
export function createLesionView(page: ExperimentPage): ExperimentView {
  const model = createLesionModel(page);
  const controls = createControls(model.change);
  const answers = createAnswersView();
  const ranking = createRankingView(([choice]) => {
    const state = model.get();
    if (state && choice) model.change({ off: toggled(state.settings.off, choice) });
  });
  const content = element(
    'div',
    { class: 'measured' },
    element('p', { class: 'muted' }, strings.hint),
    element('div', { class: 'tables' }, answers.element, ranking.element),
  );
  return {
    ...model,
    title: strings.title,
    controls: controls.element,
    content,
    notes: () => model.get()?.ranking?.plan.notes ?? [],
    exports: createExports(() => model.get()!),
    draw: () => {
      const state = model.get();
      show(content, state !== null);
      show(controls.element, state !== null);
      if (!state) return;
      controls.update(state);
      answers.update(state);
      ranking.update(state);
    },
  };
}
