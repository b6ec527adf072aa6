import { element, setText, type Component } from '../shared/element';
import { createLayerPicker } from '../shared/layerPicker';
import { createRangeSlider } from '../shared/rangeSlider';
import { checkbox, dropdown } from '../shared/toolkit';
import type { InvarianceState } from './invarianceModel';
import { curvesOf } from './measurement';
import { kinds, rangeTo, reaches, type InvarianceSettings } from './settings';
import { strings } from './strings';

export interface Controls extends Component<InvarianceState> {
  /** Says that no class has the name that was typed. */
  readonly refuse: (text: string) => void;
}

/** Fewest and most values of a curve that the slider offers. */
const steps = { min: 3, max: 61, step: 2 };

/** The settings of the transformations. A change takes effect at once. */
export function createControls(change: (settings: Partial<InvarianceSettings>) => void): Controls {
  const { settings: words } = strings;
  let state: InvarianceState | undefined;
  let labels: readonly string[] = [];
  const setRange = (changes: { readonly to?: number; readonly steps?: number }) => {
    if (!state) return;
    const { kind, ranges } = state.settings;
    const { to, steps: count } = { ...ranges[kind], ...changes };
    change({ ranges: { ...ranges, [kind]: rangeTo(kind, to, count) } });
  };
  const kind = dropdown({
    label: words.kind,
    choices: kinds.map((value) => ({ value, text: strings.kinds[value] })),
    selected: 'vertical',
    onChange: (value) => change({ kind: value }),
    testId: 'kind',
  });
  const reach = createRangeSlider({ text: words.reach, label: words.reachLabel, testId: 'reach', onChange: (to) => setRange({ to }) }); // prettier-ignore
  const count = createRangeSlider({ text: words.steps, label: words.stepsLabel, testId: 'steps', onChange: (value) => setRange({ steps: value }) }); // prettier-ignore
  const layers = createLayerPicker((chosen) => change({ layers: chosen }));
  const relative = checkbox({
    text: words.relative,
    checked: false,
    onChange: (checked) => change({ scale: checked ? 'relative' : 'euclidean' }),
    testId: 'relative',
  });
  const notice = element('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  return {
    element: element('section', { class: 'settings', 'aria-label': words.group }, kind, reach.element, count.element, layers.element, relative, notice), // prettier-ignore
    refuse: (text) => setText(notice, strings.unknownLabel(text)),
    update: (next) => {
      if (state?.recording !== next.recording) labels = next.recording.layers.map(({ label }) => label);
      if (state?.settings !== next.settings) setText(notice, '');
      state = next;
      const { settings, subject, measurements } = next;
      if (kind.value !== settings.kind) kind.value = settings.kind;
      const range = settings.ranges[settings.kind];
      reach.update({ ...reaches[settings.kind], value: range.to });
      count.update({ ...steps, value: range.steps });
      if (relative.checked !== (settings.scale === 'relative')) relative.checked = settings.scale === 'relative'; // prettier-ignore
      const [curve] = curvesOf(subject, settings, measurements);
      layers.update({ layers: labels, chosen: settings.layers ?? curve?.layers ?? null });
    },
  };
}
