import type { DataSetSubject, FeaturesHostContract } from '../../src/protocol/dataSetContract';
import { baseName } from '../shared/baseName';
import type { DataSetPage, DataSetView } from '../shared/dataSetPage';
import { element, setText, show } from '../shared/element';
import { createControls } from './controls';
import { createExports } from './exports';
import { createFeaturesModel } from './featuresModel';
import { createResultView } from './resultView';
import { strings } from './strings';

/** Sections 5.2 and 5.3 of the paper for a folder of class folders. */
export function createFeaturesView(page: DataSetPage<FeaturesHostContract>): DataSetView {
  const { session } = page;
  const model = createFeaturesModel(page);
  const controls = createControls({ change: model.change, rateAgain: () => void session().run() });
  const plan = element('p', { 'data-testid': 'plan' });
  const notes = element('ul', { 'data-testid': 'notes' });
  const result = createResultView();
  const hint = element('p', { class: 'muted' }, strings.hint);
  let subject: DataSetSubject | null = null;
  let noted: readonly string[] = [];
  return {
    ...model,
    title: strings.title,
    facts: ({ model: file, pictures }) =>
      strings.facts(baseName(file), pictures, model.get().model?.runtime ?? null),
    controls: controls.element,
    content: element('div', { class: 'measured' }, hint, plan, notes, result.element),
    pace: () => {
      const { plan: known, preparation } = model.get();
      if (known) return strings.learning;
      if (!preparation) return '';
      return preparation.kind === 'looking' ? strings.looking(preparation.images) : strings[preparation.kind];
    },
    hasResult: () => session().get().phase === 'done' && model.get().plan !== null,
    exports: createExports(model.get, () => subject),
    draw: ({ phase, subject: current }) => {
      const state = model.get();
      subject = current;
      controls.update({ state, isDone: phase === 'done' || phase === 'failed' });
      const known = state.plan;
      show(plan, known !== null);
      show(notes, known !== null && known.notes.length > 0);
      show(result.element, state.ratings.length > 0);
      if (!known) return;
      const layers = known.layers.map(({ label, features }) => strings.layer(label, features)).join(', ');
      setText(plan, strings.plan(known.classes.length, known.images, layers));
      if (noted !== known.notes) notes.replaceChildren(...known.notes.map((note) => element('li', {}, note)));
      noted = known.notes;
      if (state.ratings.length > 0) result.update({ plan: known, ratings: state.ratings });
    },
  };
}
