import { element, type Component } from './element';
import { sharedStrings } from './strings';
import { dropdown } from './toolkit';

export interface LayerPickerProps {
  /** Labels of all layers, the same array as long as they are the same. */
  readonly layers: readonly string[];
  readonly chosen: readonly string[];
}

/** Any number of layers, at least one: a list to add from, and a chip for each. */
export function createLayerPicker(choose: (layers: readonly string[]) => void): Component<LayerPickerProps> {
  const words = sharedStrings.layers;
  const place = element('span', {});
  const chips = element('span', { class: 'chips' });
  let props: LayerPickerProps | undefined;
  return {
    element: element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, words.text), chips, place), // prettier-ignore
    update: (next) => {
      const before = props;
      props = next;
      if (before?.layers !== next.layers) {
        const list = dropdown({
          label: words.add,
          choices: [{ value: '', text: words.add }, ...next.layers.map((label) => ({ value: label, text: label }))], // prettier-ignore
          selected: '',
          onChange: (label) => {
            list.value = '';
            if (!props || label === '' || props.chosen.includes(label)) return;
            const { layers, chosen } = props;
            choose(layers.filter((layer) => layer === label || chosen.includes(layer)));
          },
          testId: 'add-layer',
        });
        place.replaceChildren(list);
      }
      if (before?.chosen.join('\n') !== next.chosen.join('\n')) chips.replaceChildren(...chipsOf(next.chosen, choose)); // prettier-ignore
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
