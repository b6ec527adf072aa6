import { element, type Component } from './element';
import { sharedStrings } from './strings';
import { dropdown } from './toolkit';

export interface LayerPickerProps {
  /** Labels of all layers, the same array as long as they are the same. */
  readonly layers: readonly string[];
  /** `null` while it is not known: those of before, as long as the layers are the same. */
  readonly chosen: readonly string[] | null;
}

/** Any number of layers, at least one: a list to add from, and a chip for each. */
export function createLayerPicker(choose: (layers: readonly string[]) => void): Component<LayerPickerProps> {
  const words = sharedStrings.layers;
  const place = element('span', {});
  const chips = element('span', { class: 'chips' });
  let layers: readonly string[] | undefined;
  let chosen: readonly string[] = [];
  return {
    element: element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, words.text), chips, place), // prettier-ignore
    update: (next) => {
      const before = { layers, chosen };
      layers = next.layers;
      chosen = next.chosen ?? (before.layers === layers ? before.chosen : []);
      if (before.layers !== layers) {
        const list = dropdown({
          label: words.add,
          choices: [{ value: '', text: words.add }, ...layers.map((label) => ({ value: label, text: label }))], // prettier-ignore
          selected: '',
          onChange: (label) => {
            list.value = '';
            if (label === '' || chosen.includes(label)) return;
            choose(next.layers.filter((layer) => layer === label || chosen.includes(layer)));
          },
          testId: 'add-layer',
        });
        place.replaceChildren(list);
      }
      if (before.chosen.join('\n') !== chosen.join('\n')) chips.replaceChildren(...chipsOf(chosen, choose));
    },
  };
}

function chipsOf(chosen: readonly string[], choose: (layers: readonly string[]) => void): HTMLElement[] {
  return chosen.map((layer) => {
    const remove = element(
      'button',
      { type: 'button', class: 'plain-button', 'aria-label': sharedStrings.layers.remove(layer) },
      '×',
    );
    remove.addEventListener('click', () => choose(chosen.filter((other) => other !== layer)));
    return element('span', { class: 'chip' }, layer, chosen.length > 1 ? remove : null);
  });
}
