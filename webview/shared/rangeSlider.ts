import { element, setText, type Component } from './element';

export interface RangeSliderOptions {
  readonly text: string;
  readonly label: string;
  readonly testId: string;
  /** The user let go of the knob. */
  readonly onChange: (value: number) => void;
}

export interface RangeSliderProps {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
}

/** A labelled range with its value beside it. */
export function createRangeSlider(options: RangeSliderOptions): Component<RangeSliderProps> {
  const { text, label, testId, onChange } = options;
  const input = element('input', { type: 'range', 'aria-label': label, 'data-testid': testId });
  const shown = element('output', {});
  input.addEventListener('input', () => setText(shown, input.value));
  input.addEventListener('change', () => onChange(Number(input.value)));
  return {
    element: element(
      'label',
      { class: 'slider range-slider' },
      element('span', { 'aria-hidden': 'true' }, text),
      input,
      shown,
    ),
    update: ({ min, max, step, value }) => {
      for (const [name, number] of [['min', min], ['max', max], ['step', step]] as const) input[name] = String(number); // prettier-ignore
      if (document.activeElement !== input || input.value === '') input.value = String(value);
      setText(shown, input.value);
    },
  };
}
