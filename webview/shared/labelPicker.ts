import { element, uniqueId, type Component } from './element';
import { labelText, parseLabel } from './labels';

export interface LabelPickerProps {
  readonly labels: readonly string[];
  readonly chosen: number | null;
}

export interface LabelPickerOptions {
  /** What the field is for. */
  readonly label: string;
  readonly choose: (label: number) => void;
  /** What was typed names no class. */
  readonly refuse: (text: string) => void;
}

/** A text field that completes the names of the classes. */
export function createLabelPicker({
  label: hint,
  choose,
  refuse,
}: LabelPickerOptions): Component<LabelPickerProps> {
  const id = uniqueId('labels');
  const list = element('datalist', { id });
  const field = element('input', {
    type: 'text',
    class: 'text-input',
    list: id,
    'aria-label': hint,
    'data-testid': 'label',
  });
  let labels: readonly string[] = [];
  let chosen: number | null = null;
  field.addEventListener('change', () => {
    const label = parseLabel(field.value, labels);
    if (label === null) refuse(field.value);
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
