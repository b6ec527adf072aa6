import type { LayerSummary } from '../../src/protocol/model';
import { element, setAttributes, uniqueId, type Component } from '../shared/element';
import { strings } from './strings';

export interface LayerListProps {
  readonly layers: readonly LayerSummary[] | null;
  readonly selected: string | null;
}

/** All layers, one of which is selected: by a click, or by the arrow keys, Home and End. */
export function createLayerList(select: (layer: string) => void): Component<LayerListProps> {
  const list = element('ul', {
    class: 'layer-list',
    role: 'listbox',
    tabindex: 0,
    'aria-label': strings.layers.label,
    'data-testid': 'layer-list',
  });
  let drawn: readonly LayerSummary[] | null = null;
  let options: readonly HTMLElement[] = [];
  let selected: string | null = null;

  list.addEventListener('keydown', (event) => {
    const at = drawn?.findIndex(({ label }) => label === selected) ?? -1;
    const target = drawn?.[indexFor(event.key, at, drawn.length)];
    if (!target) return;
    event.preventDefault();
    select(target.label);
  });

  return {
    element: list,
    update: (props) => {
      if (props.layers !== drawn) {
        drawn = props.layers;
        options = (drawn ?? []).map((layer) => option(layer, select));
        list.replaceChildren(...(drawn?.length === 0 ? [emptyRow()] : options));
        selected = null;
      }
      if (props.selected === selected) return;
      selected = props.selected;
      drawn?.forEach(({ label }, index) => {
        setAttributes(options[index]!, { 'aria-selected': String(label === selected) });
      });
      const chosen = options[drawn?.findIndex(({ label }) => label === selected) ?? -1];
      setAttributes(list, { 'aria-activedescendant': chosen?.id ?? null });
      chosen?.scrollIntoView({ block: 'nearest' });
    },
  };
}

function indexFor(key: string, at: number, count: number): number {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return -1;
  }
}

function option(layer: LayerSummary, select: (layer: string) => void): HTMLElement {
  const row = element(
    'li',
    { id: uniqueId('layer'), class: 'layer-row', role: 'option', 'aria-selected': 'false' },
    element('span', { class: 'layer-name' }, layer.label),
    element('span', { class: 'layer-shape' }, layer.shape.join(' × ')),
    element('span', { class: 'layer-op' }, layer.op),
    element('span', { class: 'layer-parameters' }, strings.layers.parameters(layer.parameters)),
  );
  row.dataset['layer'] = layer.label;
  row.title = layer.label;
  row.addEventListener('click', () => select(layer.label));
  return row;
}

function emptyRow(): HTMLElement {
  return element('li', { class: 'muted' }, strings.layers.none);
}
