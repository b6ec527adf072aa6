import type { TopLayer } from '../../src/protocol/topActivations';
import { element, setText, show, type Component } from '../shared/element';
import { button, dropdown, textField, type DropdownElement } from '../shared/toolkit';
import { parseMap, type Shown, type TopSettings } from './settings';
import { strings } from './strings';
import type { TopState } from './topModel';

export interface ControlActions {
  readonly change: (settings: Partial<TopSettings>) => void;
  readonly scanAgain: () => void;
  readonly beginAnew: () => void;
}

export interface ControlProps {
  readonly state: TopState;
  /** `undefined` where there is none to show. */
  readonly layer: TopLayer | undefined;
  /** Nothing runs that would have to be stopped first. */
  readonly atRest: boolean;
}

export function createControls({ change, scanAgain, beginAnew }: ControlActions): Component<ControlProps> {
  const words = strings.settings;
  const layers = element('span', {});
  let list: DropdownElement | undefined;
  let labels: readonly string[] = [];
  let layer: TopLayer | undefined;
  const shown = dropdown<Shown>({
    label: words.shown,
    choices: (['subset', 'all', 'one'] as const).map((value) => ({ value, text: words.choices[value] })),
    selected: 'subset',
    onChange: (value) => change({ shown: value }),
    testId: 'shown',
  });
  let seed = 1;
  const draw = button({ text: words.draw, onClick: () => change({ seed: seed + 1 }), testId: 'draw' });
  const notice = element('span', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const map = textField({
    label: words.map,
    placeholder: words.map,
    onSubmit: (text) => {
      const maps = layer?.maps ?? 0;
      const parsed = parseMap(text, maps);
      setText(notice, parsed === null ? words.badMap(maps) : '');
      if (parsed !== null) change({ shown: 'one', map: parsed });
    },
    testId: 'map',
  });
  const again = button({ text: words.update, onClick: scanAgain, testId: 'scan-again' }); // prettier-ignore
  const anew = button({ text: words.anew, onClick: beginAnew, testId: 'begin-anew' });
  again.title = words.updateHint;
  anew.title = words.anewHint;
  const named = (text: string, ...parts: Node[]) =>
    element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), ...parts);
  const ofLayers = [named(words.layer, layers), named(words.shown, shown), draw, map];
  const group = element(
    'div',
    { class: 'settings', role: 'group', 'aria-label': words.group },
    ...ofLayers,
    again,
    anew,
    notice,
  );
  return {
    element: group,
    update: ({ state: { index, settings }, layer: current, atRest }) => {
      layer = current;
      show(group, current !== undefined || atRest);
      for (const part of ofLayers) show(part, current !== undefined);
      // An index that cannot be shown can be made anew.
      show(again, atRest);
      show(anew, atRest);
      if (!current) return;
      const next = index?.layers.map(({ label }) => label) ?? [];
      if (next.join('\n') !== labels.join('\n')) {
        labels = next;
        list = dropdown({
          label: words.layer,
          choices: labels.map((label) => ({ value: label, text: label })),
          selected: current.label,
          onChange: (label) => change({ layer: label }),
          testId: 'layer',
        });
        layers.replaceChildren(list);
      }
      if (list && list.value !== current.label) list.value = current.label;
      if (shown.value !== settings.shown) shown.value = settings.shown;
      seed = settings.seed;
      map.title = words.mapHint(current.maps);
      show(draw, settings.shown === 'subset');
    },
  };
}
