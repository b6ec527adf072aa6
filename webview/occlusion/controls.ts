import { pairText } from '../../src/core/experiments/occlusion/report';
import type { Fill } from '../../src/protocol/occlusion';
import { element, setText, show, type Component } from '../shared/element';
import { dropdown, textField } from '../shared/toolkit';
import { createLabelPicker } from '../shared/labelPicker';
import { createMapPicker } from './mapPicker';
import { parseColour, parsePair, type SweepSettings } from './settings';
import { strings } from './strings';
import type { SweepState } from './sweepModel';

const fills = ['grey', 'image-mean', 'dataset-mean', 'blur', 'colour'] as const;
type FillName = (typeof fills)[number];

/** The same one each time, so that it is seen not to change. */
const NONE: readonly never[] = [];

export interface ControlsActions {
  readonly change: (settings: Partial<SweepSettings>) => void;
  /** What was typed cannot be used: a sentence that says why. */
  readonly refuse: (sentence: string) => void;
}

/** The settings of a sweep. A change takes effect at once. */
export function createControls({ change, refuse }: ControlsActions): Component<SweepState> {
  const notice = element('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const { settings: words } = strings;
  const pairField = (name: 'size' | 'stride', label: string) => {
    const submit = (text: string) => {
      const pair = parsePair(text);
      if (pair) change({ [name]: pair });
      else refuse(words.badPair);
    };
    const field = textField({ label, placeholder: words.pixels, onSubmit: submit, testId: name });
    field.addEventListener('change', () => submit(field.value));
    return field;
  };
  const size = pairField('size', words.sizeHint);
  const stride = pairField('stride', words.strideHint);
  const colour = element('input', { type: 'color', 'aria-label': words.colour, value: '#ff0000' });
  colour.addEventListener('change', () => change({ fill: parseColour(colour.value) }));
  const fill = dropdown({
    label: words.fill,
    choices: fills.map((value) => ({ value, text: words.fills[value] })),
    selected: 'grey',
    onChange: (name) => change({ fill: fillOf(name, colour.value) }),
    testId: 'fill',
  });
  const label = createLabelPicker({
    label: words.labelHint,
    choose: (index) => change({ label: index }),
    refuse: (text) => refuse(words.unknownLabel(text)),
  });
  const maps = createMapPicker({ choose: (choices) => change({ maps: choices }), refuse });
  const labelled = (text: string, ...fields: HTMLElement[]) =>
    element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), ...fields);
  const labelSetting = labelled(words.label, label.element);
  return {
    element: element(
      'section',
      { class: 'settings', 'aria-label': words.group },
      labelled(words.size, size),
      labelled(words.stride, stride),
      labelled(words.fill, fill, colour),
      labelSetting,
      maps.element,
      notice,
    ),
    update: ({ settings, recording, sweep, notice: sentence }) => {
      const plan = sweep?.plan;
      const followed = settings.label ?? plan?.label ?? null;
      setValue(size, pairText(settings.size));
      setValue(stride, pairText(settings.stride));
      const name = fillName(settings.fill);
      if (fill.value !== name) fill.value = name;
      show(colour, name === 'colour');
      show(labelSetting, followed !== null);
      label.update({ labels: plan?.labels ?? NONE, chosen: followed });
      maps.update({ recording, chosen: settings.maps ?? plan?.maps ?? NONE });
      setText(notice, sentence);
    },
  };
}

/** What is being typed stays. */
function setValue(field: HTMLElement & { value: string }, value: string): void {
  if (field.value !== value && document.activeElement !== field) field.value = value;
}

function fillOf(name: FillName, colour: string): Fill {
  if (name === 'grey') return [128, 128, 128];
  return name === 'colour' ? parseColour(colour) : name;
}

function fillName(fill: Fill): FillName {
  if (typeof fill === 'string') return fill;
  return fill.every((part) => part === 128) ? 'grey' : 'colour';
}
