import { element, show, type Component } from '../shared/element';
import { createLayerPicker } from '../shared/layerPicker';
import { button, dropdown } from '../shared/toolkit';
import { mapChoices, type Contrast, type EvolutionSettings } from './settings';
import type { EvolutionPlan } from '../../src/protocol/evolution';
import { strings } from './strings';

export interface ControlProps {
  readonly settings: EvolutionSettings;
  /** `null` before it is known. */
  readonly plan: EvolutionPlan | null;
  /** All is compared. */
  readonly isDone: boolean;
}

export function createControls(actions: {
  readonly change: (settings: Partial<EvolutionSettings>) => void;
  readonly compareAgain: () => void;
}): Component<ControlProps> {
  const words = strings.settings;
  const { change } = actions;
  let seed = 1;
  const layers = createLayerPicker((chosen) => change({ layers: chosen }));
  const maps = dropdown({
    label: words.maps,
    choices: mapChoices.map((count) => ({ value: String(count), text: String(count) })),
    selected: String(mapChoices[1]),
    onChange: (value) => change({ maps: Number(value) }),
    testId: 'maps',
  });
  const contrast = dropdown<Contrast>({
    label: words.contrast,
    choices: (['tile', 'map'] as const).map((value) => ({ value, text: words.contrasts[value] })),
    selected: 'tile',
    onChange: (value) => change({ contrast: value }),
    testId: 'contrast',
  });
  const draw = button({ text: words.draw, onClick: () => change({ seed: seed + 1 }), testId: 'draw' });
  const again = button({ text: words.again, onClick: actions.compareAgain, testId: 'compare-again' });
  again.title = words.againHint;
  const named = (text: string, part: Node) =>
    element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), part);
  return {
    element: element(
      'div',
      { class: 'settings', role: 'group', 'aria-label': words.group },
      layers.element,
      named(words.maps, maps),
      draw,
      named(words.contrast, contrast),
      again,
    ),
    update: ({ settings, plan, isDone }) => {
      show(layers.element, plan !== null);
      if (plan) layers.update({ layers: plan.choices, chosen: settings.layers ?? plan.choices });
      seed = settings.seed;
      if (maps.value !== String(settings.maps)) maps.value = String(settings.maps);
      if (contrast.value !== settings.contrast) contrast.value = settings.contrast;
      show(again, isDone);
    },
  };
}
