import { poolings, type Pooling } from '../../src/core/experiments/features/pool';
import { element, setText, show, type Component } from '../shared/element';
import { createLayerPicker } from '../shared/layerPicker';
import { button, dropdown } from '../shared/toolkit';
import type { FeaturesState } from './featuresModel';
import { createSampling, namedSetting } from './sampling';
import {
  classifierChoice,
  classifierChoices,
  type ClassifierChoice,
  type FeaturesSettings,
} from './settings';
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
  const classifiers = dropdown<ClassifierChoice>({
    label: words.classifiers,
    choices: (['both', 'softmax', 'svm'] as const).map((value) => ({ value, text: words.choices[value] })),
    selected: 'both',
    onChange: (value) => change({ classifiers: classifierChoices[value] }),
    testId: 'classifiers',
  });
  const notice = element('span', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const sampling = createSampling({ change, notice: (text) => setText(notice, text) });
  const again = button({ text: words.again, onClick: actions.rateAgain, testId: 'rate-again' });
  again.title = words.againHint;
  let labels: readonly string[] = [];
  let before: ControlProps | undefined;
  return {
    element: element(
      'div',
      { class: 'settings', role: 'group', 'aria-label': words.group },
      layers.element,
      namedSetting(words.pooling, pooling),
      namedSetting(words.classifiers, classifiers),
      sampling.element,
      again,
      notice,
    ),
    update: (next) => {
      const { model, settings, plan } = next.state;
      show(again, next.isDone);
      show(layers.element, model !== null);
      if (model && model !== before?.state.model) labels = model.layers.map(({ label }) => label);
      const chosen = settings.layers ?? plan?.layers.map(({ label }) => label) ?? null;
      if (model) layers.update({ layers: labels, chosen });
      if (pooling.value !== settings.pooling) pooling.value = settings.pooling;
      const learning = classifierChoice(settings.classifiers) ?? 'both';
      if (classifiers.value !== learning) classifiers.value = learning;
      sampling.update(settings);
      before = next;
    },
  };
}
