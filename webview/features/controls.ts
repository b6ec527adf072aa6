import { poolings, type Pooling } from '../../src/core/experiments/features/pool';
import { element, setText, show, type Component } from '../shared/element';
import { createLayerPicker } from '../shared/layerPicker';
import { button, dropdown, textField } from '../shared/toolkit';
import type { FeaturesState } from './featuresModel';
import { foldChoices, parseTrain, type FeaturesSettings } from './settings';
import { strings } from './strings';

export interface ControlProps {
  readonly state: FeaturesState;
  /** All is rated, or could not be. */
  readonly isDone: boolean;
}

export function createControls(actions: {
  readonly change: (settings: Partial<FeaturesSettings>) => void;
  readonly rateAgain: () => void;
}): Component<ControlProps> {
  const words = strings.settings;
  const { change } = actions;
  const layers = createLayerPicker((chosen) => change({ layers: chosen }));
  const pooling = dropdown<Pooling>({
    label: words.pooling,
    choices: poolings.map((value) => ({ value, text: words.poolings[value] })),
    selected: poolings[0],
    onChange: (value) => change({ pooling: value }),
    testId: 'pooling',
  });
  const folds = dropdown({
    label: words.folds,
    choices: foldChoices.map((count) => ({ value: String(count), text: String(count) })),
    selected: String(foldChoices[0]),
    onChange: (value) => change({ folds: Number(value) }),
    testId: 'folds',
  });
  const notice = element('span', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const train = textField({
    label: words.train,
    placeholder: '1, 5, 30',
    onSubmit: (text) => {
      const parsed = parseTrain(text);
      setText(notice, parsed === null ? words.badTrain : '');
      if (parsed) change({ train: parsed });
    },
    testId: 'train',
  });
  train.title = words.trainHint;
  train.setAttribute('size', '14');
  const again = button({ text: words.again, onClick: actions.rateAgain, testId: 'rate-again' });
  again.title = words.againHint;
  const named = (text: string, part: Node) =>
    element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), part);
  let labels: readonly string[] = [];
  let before: ControlProps | undefined;
  return {
    element: element(
      'div',
      { class: 'settings', role: 'group', 'aria-label': strings.settings.group },
      layers.element,
      named(words.pooling, pooling),
      named(words.train, train),
      named(words.folds, folds),
      again,
      notice,
    ),
    update: (next) => {
      const { model, settings, plan } = next.state;
      show(again, next.isDone);
      show(layers.element, model !== null);
      if (model && model !== before?.state.model) labels = model.layers.map(({ label }) => label);
      const chosen = settings.layers ?? plan?.layers.map(({ label }) => label) ?? [];
      if (model) layers.update({ layers: labels, chosen });
      if (pooling.value !== settings.pooling) pooling.value = settings.pooling;
      if (folds.value !== String(settings.folds)) folds.value = String(settings.folds);
      if (before?.state.settings.train !== settings.train) train.value = settings.train.join(', ');
      before = next;
    },
  };
}
