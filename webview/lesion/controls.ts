import type { RecordingSummary } from '../../src/protocol/model';
import { lesionName } from '../../src/core/experiments/lesionResult';
import { element, setAttributes, setText, show, type Component } from '../shared/element';
import { createLabelPicker } from '../shared/labelPicker';
import { button, dropdown, textField, type DropdownElement } from '../shared/toolkit';
import type { LesionState } from './lesionModel';
import { parseMaps, toggled, type LesionSettings } from './settings';
import { strings } from './strings';

const WHOLE_LAYERS = '';

/** The settings of the panel and what is switched off. A change takes effect at once. */
export function createControls(change: (settings: Partial<LesionSettings>) => void): Component<LesionState> {
  const { settings: words } = strings;
  let state: LesionState | undefined;
  const notice = element('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const refuse = (sentence: string) => setText(notice, sentence);
  const mode = dropdown({
    label: words.modeHint,
    choices: (['zero', 'mean'] as const).map((value) => ({ value, text: words.modes[value] })),
    selected: 'zero',
    onChange: (value) => change({ mode: value }),
    testId: 'mode',
  });
  const label = createLabelPicker({
    label: words.labelHint,
    choose: (index) => change({ label: index }),
    refuse: (text) => refuse(words.unknownLabel(text)),
  });
  const lists = createLayerLists((ranked) => change({ ranked: ranked === WHOLE_LAYERS ? null : ranked }));
  const toggle = () => {
    const layer = lists.layer();
    const maps = parseMaps(field.value, mapCount(state?.recording, layer));
    if (!state || maps === null) return refuse(words.badMaps(mapCount(state?.recording, layer)));
    change({ off: toggled(state.settings.off, { layer, maps }) });
  };
  const field = textField({ label: words.mapsHint(1), placeholder: words.allMaps, onSubmit: toggle, testId: 'maps' }); // prettier-ignore
  const chips = element('span', { class: 'chips', 'data-testid': 'off' });
  const clear = button({ text: words.clear, onClick: () => change({ off: [] }), testId: 'clear' });
  const labelled = (text: string, ...fields: HTMLElement[]) =>
    element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), ...fields);
  return {
    element: element(
      'section',
      { class: 'settings', 'aria-label': words.group },
      labelled(words.mode, mode),
      labelled(words.label, label.element),
      labelled(words.ranked, lists.rankedPlace),
      labelled(words.layer, lists.layerPlace),
      labelled(words.maps, field, button({ text: words.toggle, label: words.toggleLabel, onClick: toggle, testId: 'toggle' })), // prettier-ignore
      labelled(strings.off, chips, clear),
      notice,
    ),
    update: (next) => {
      const isNew = state?.settings !== next.settings;
      state = next;
      const { settings, ranking, recording } = next;
      lists.update(recording, settings.ranked);
      if (mode.value !== settings.mode) mode.value = settings.mode;
      if (ranking)
        label.update({ labels: ranking.plan.labels, chosen: settings.label ?? ranking.plan.label });
      setAttributes(field, { 'aria-label': words.mapsHint(mapCount(recording, lists.layer())) });
      if (!isNew) return;
      setText(notice, '');
      show(clear, settings.off.length > 0);
      const names = settings.off.map((choice) => {
        const name = lesionName([choice]);
        const remove = element('button', { type: 'button', class: 'plain-button', 'aria-label': words.on(name) }, '×'); // prettier-ignore
        remove.addEventListener('click', () => change({ off: settings.off.filter((other) => other !== choice) })); // prettier-ignore
        return element('span', { class: 'chip' }, name, remove);
      });
      chips.replaceChildren(...(names.length > 0 ? names : [strings.nothing]));
    },
  };
}

function mapCount(recording: RecordingSummary | undefined, layer: string): number {
  return recording?.layers.find(({ label }) => label === layer)?.maxima.length ?? 0;
}

/** The lists that name layers, made anew for another model. */
function createLayerLists(onRanked: (layer: string) => void) {
  const rankedPlace = element('span', {});
  const layerPlace = element('span', {});
  let known = '';
  let ranked: DropdownElement | undefined;
  let layer: DropdownElement | undefined;
  return {
    rankedPlace,
    layerPlace,
    layer: () => layer?.value ?? '',
    update: ({ model, layers }: RecordingSummary, chosen: string | null) => {
      if (known !== model.hash) {
        known = model.hash;
        const { settings: words } = strings;
        const labels = layers.map(({ label }) => label);
        ranked = dropdown({
          label: words.ranked,
          choices: [{ value: WHOLE_LAYERS, text: words.layers }, ...labels.map((value) => ({ value, text: words.mapsOf(value) }))], // prettier-ignore
          selected: chosen ?? WHOLE_LAYERS,
          onChange: onRanked,
          testId: 'ranked',
        });
        layer = dropdown({
          label: words.layer,
          choices: labels.map((value) => ({ value, text: value })),
          selected: labels[0] ?? '',
          onChange: () => undefined,
          testId: 'layer',
        });
        rankedPlace.replaceChildren(ranked);
        layerPlace.replaceChildren(layer);
      }
      if (ranked && ranked.value !== (chosen ?? WHOLE_LAYERS)) ranked.value = chosen ?? WHOLE_LAYERS;
    },
  };
}
