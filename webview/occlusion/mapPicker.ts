import { argMax } from '../../src/core/tensor/argMax';
import type { MapChoice } from '../../src/protocol/occlusion';
import type { RecordingSummary } from '../../src/protocol/model';
import { element, setAttributes, type Component } from '../shared/element';
import { button, dropdown, textField, type DropdownElement } from '../shared/toolkit';
import { mapName } from '../../src/core/experiments/occlusion/plan';
import { strings } from './strings';

export interface MapPickerProps {
  readonly recording: RecordingSummary;
  readonly chosen: readonly MapChoice[];
}

export interface MapPickerActions {
  readonly choose: (maps: readonly MapChoice[]) => void;
  readonly refuse: (sentence: string) => void;
}

/** The feature maps that are watched, any number of them, of any layer. */
export function createMapPicker({ choose, refuse }: MapPickerActions): Component<MapPickerProps> {
  const { settings: words } = strings;
  const place = element('span', {});
  const chips = element('span', { class: 'chips' });
  let props: MapPickerProps | undefined;
  let layers: DropdownElement | undefined;
  const maximaOf = (layer: string): Float32Array =>
    props?.recording.layers.find(({ label }) => label === layer)?.maxima ?? new Float32Array(0);
  const add = () => {
    if (!props || !layers) return;
    const layer = layers.value;
    const map = Number(field.value);
    const count = maximaOf(layer).length;
    if (!/^\d+$/.test(field.value.trim()) || map >= count) return refuse(words.unknownMap(count));
    const isWatched = props.chosen.some((choice) => choice.layer === layer && choice.map === map);
    if (!isWatched) choose([...props.chosen, { layer, map }]);
  };
  const field = textField({ label: words.mapHint(1), placeholder: '0', onSubmit: add, testId: 'map' });
  /** The strongest map of the layer is the likely one. */
  const suggest = (layer: string) => {
    const maxima = maximaOf(layer);
    field.value = String(argMax(maxima, 0, maxima.length));
    setAttributes(field, { 'aria-label': words.mapHint(maxima.length) });
  };
  return {
    element: element(
      'span',
      { class: 'setting maps-setting' },
      element('span', { 'aria-hidden': 'true' }, words.layer),
      place,
      element('span', { 'aria-hidden': 'true' }, words.map),
      field,
      button({ text: words.add, label: words.addLabel, onClick: add, testId: 'add-map' }),
      chips,
    ),
    update: (next) => {
      const before = props;
      props = next;
      // The engine may choose the first map only after the picture has run forward.
      const firstChosen = before?.chosen.length === 0 && next.chosen.length > 0;
      if (before?.recording !== next.recording || firstChosen) {
        const selected = next.chosen[0]?.layer ?? next.recording.layers.at(-1)?.label ?? '';
        layers = dropdown({
          label: words.layer,
          choices: next.recording.layers.map(({ label }) => ({ value: label, text: label })),
          selected,
          onChange: suggest,
          testId: 'layer',
        });
        place.replaceChildren(layers);
        suggest(selected);
      }
      if (before?.chosen !== next.chosen) chips.replaceChildren(...chipsOf(next.chosen, choose));
    },
  };
}

/** The last map has no button: a sweep watches at least one. */
function chipsOf(chosen: readonly MapChoice[], choose: MapPickerActions['choose']): HTMLElement[] {
  return chosen.map((choice) => {
    const name = mapName(choice);
    const remove = element(
      'button',
      { type: 'button', class: 'plain-button', 'aria-label': strings.settings.remove(name) },
      '×',
    );
    remove.addEventListener('click', () => choose(chosen.filter((other) => other !== choice)));
    return element('span', { class: 'chip' }, name, chosen.length > 1 ? remove : null);
  });
}
