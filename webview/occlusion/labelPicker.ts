import { element, uniqueId, type Component } from '../shared/element';
import { labelText, parseLabel } from './settings';
import { strings } from './strings';

export interface LabelPickerProps {
  readonly labels: readonly string[];
  readonly chosen: number | null;
}

export interface LabelPickerActions {
  readonly choose: (label: number) => void;
  readonly refuse: (sentence: string) => void;
}

/** A text field that completes the names of the classes. */
export function createLabelPicker({ choose, refuse }: LabelPickerActions): Component<LabelPickerProps> {
  const id = uniqueId('labels');
  const list = element('datalist', { id });
  const field = element('input', {
    type: 'text',
    class: 'text-input',
    list: id,
    'aria-label': strings.settings.labelHint,
    'data-testid': 'label',
  });
  let labels: readonly string[] = [];
  let chosen: number | null = null;
  field.addEventListener('change', () => {
    const label = parseLabel(field.value, labels);
    if (label === null) refuse(strings.settings.unknownLabel(field.value));
    else if (label !== chosen) choose(label);
  });
  return {
    element: element('span', {}, field, list),
    update: (props) => {
      if (props.labels !== labels) {
        labels = props.labels;
        list.replaceChildren(
          ...labels.map((_, index) => element('option', { value: labelText(index, labels) })),
        );
      }
      ({ chosen } = props);
      if (chosen !== null && document.activeElement !== field) field.value = labelText(chosen, labels);
    },
  };
}
