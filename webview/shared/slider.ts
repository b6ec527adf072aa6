import { element } from './element';

export interface SliderOptions {
  readonly text: string;
  readonly label: string;
  readonly value: number;
  readonly testId: string;
  readonly onInput: (value: number) => void;
}

/** A labelled range from 0 to 1; the component library has none. */
export function slider({ text, label, value, testId, onInput }: SliderOptions): HTMLElement {
  const input = element('input', {
    type: 'range',
    min: 0,
    max: 100,
    value: Math.round(100 * value),
    'aria-label': label,
    'data-testid': testId,
  });
  input.addEventListener('input', () => onInput(Number(input.value) / 100));
  return element('label', { class: 'slider' }, element('span', { 'aria-hidden': 'true' }, text), input);
}
