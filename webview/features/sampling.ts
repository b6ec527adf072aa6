import { element, type Component } from '../shared/element';
import { createRangeSlider } from '../shared/rangeSlider';
import { createSeedField } from '../shared/seedField';
import { dropdown, textField } from '../shared/toolkit';
import { foldChoices, MOST_TEST, parseTrain, type FeaturesSettings } from './settings';
import { strings } from './strings';

/** Which pictures are drawn: how many to learn from, to judge by, how often, and by which seed. */
export function createSampling(actions: {
  readonly change: (settings: Partial<FeaturesSettings>) => void;
  /** What is wrong with what was typed; empty where nothing is. */
  readonly notice: (text: string) => void;
}): Component<FeaturesSettings> {
  const words = strings.settings;
  const { change, notice } = actions;
  const train = textField({
    label: words.train,
    placeholder: '1, 5, 30',
    onSubmit: (text) => {
      const parsed = parseTrain(text);
      notice(parsed === null ? words.badTrain : '');
      if (parsed) change({ train: parsed });
    },
    testId: 'train',
  });
  train.title = words.trainHint;
  train.setAttribute('size', '14');
  const test = createRangeSlider({
    text: words.test,
    label: words.testLabel,
    onChange: (value) => change({ test: value }),
    testId: 'test',
  });
  const folds = dropdown({
    label: words.folds,
    choices: foldChoices.map((count) => ({ value: String(count), text: String(count) })),
    selected: String(foldChoices[0]),
    onChange: (value) => change({ folds: Number(value) }),
    testId: 'folds',
  });
  const seed = createSeedField({
    text: words.seed,
    label: words.seedLabel,
    onSubmit: (value) => {
      notice(value === null ? words.badSeed : '');
      if (value !== null) change({ seed: value });
    },
  });
  let before: FeaturesSettings | undefined;
  return {
    element: element(
      'span',
      { class: 'sampling' },
      namedSetting(words.train, train),
      test.element,
      namedSetting(words.folds, folds),
      seed.element,
    ),
    update: (settings) => {
      if (before?.train !== settings.train) train.value = settings.train.join(', ');
      test.update({ min: 1, max: MOST_TEST, step: 1, value: settings.test });
      if (folds.value !== String(settings.folds)) folds.value = String(settings.folds);
      seed.update(settings.seed);
      before = settings;
    },
  };
}

/** A control with its name before it; readers of screens hear the name that the control has itself. */
export function namedSetting(text: string, control: Node): HTMLElement {
  return element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), control);
}
