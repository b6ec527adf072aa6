import { element, type Component } from './element';
import { parseSeed } from './parseSeed';
import { textField } from './toolkit';

export interface SeedFieldOptions {
  readonly text: string;
  readonly label: string;
  /** `null` where what was typed is no seed. */
  readonly onSubmit: (seed: number | null) => void;
}

/** A named field for the seed of what is drawn at random. */
export function createSeedField({ text, label, onSubmit }: SeedFieldOptions): Component<number> {
  const field = textField({
    label,
    placeholder: '1',
    onSubmit: (typed) => onSubmit(parseSeed(typed)),
    testId: 'seed',
  });
  let shown: number | undefined;
  return {
    element: element('span', { class: 'setting' }, element('span', { 'aria-hidden': 'true' }, text), field),
    update: (seed) => {
      if (shown !== seed) field.value = String(seed);
      shown = seed;
    },
  };
}
