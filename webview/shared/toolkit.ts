import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element, type Attributes } from './element';

/**
 * The one file that knows the component library. Everything else creates components with the functions below and
 * sees plain elements with the properties and events of their HTML counterparts.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeCheckbox(),
    vsCodeDropdown(),
    vsCodeLink(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

export type Appearance = 'primary' | 'secondary' | 'icon';

/** A button; `icon` buttons show one glyph and need a label. */
export interface ButtonOptions {
  readonly text: string;
  readonly onClick: () => void;
  readonly appearance?: Appearance;
  readonly testId?: string;
  readonly label?: string;
}

export interface ButtonElement extends HTMLElement {
  disabled: boolean;
}

export function button({ text, onClick, appearance, testId, label }: ButtonOptions): ButtonElement {
  const created = element(
    'vscode-button',
    {
      appearance: appearance ?? 'secondary',
      'data-testid': testId ?? null,
      'aria-label': label ?? null,
      title: appearance === 'icon' ? (label ?? null) : null,
    },
    text,
  ) as ButtonElement;
  created.addEventListener('click', onClick);
  return created;
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly text: string;
}

export interface DropdownElement extends HTMLElement {
  value: string;
}

export interface DropdownOptions<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly selected: T;
  readonly onChange: (value: T) => void;
  readonly testId?: string;
}

export function dropdown<T extends string>(options: DropdownOptions<T>): DropdownElement {
  const { label, choices, selected, onChange, testId } = options;
  const created = element(
    'vscode-dropdown',
    { 'aria-label': label, 'data-testid': testId ?? null },
    ...choices.map(({ value, text }) =>
      element('vscode-option', { value, selected: value === selected }, text),
    ),
  ) as DropdownElement;
  created.addEventListener('change', () => onChange(created.value as T));
  return created;
}

export interface CheckboxElement extends HTMLElement {
  checked: boolean;
}

export interface CheckboxOptions {
  readonly text: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly testId?: string;
}

export function checkbox({ text, checked, onChange, testId }: CheckboxOptions): CheckboxElement {
  const created = element(
    'vscode-checkbox',
    { 'data-testid': testId ?? null, checked },
    text,
  ) as CheckboxElement;
  created.addEventListener('change', () => {
    // The component also fires when its `checked` is set from outside.
    if (created.checked !== checked) {
      checked = created.checked;
      onChange(checked);
    }
  });
  return created;
}

export interface TextFieldElement extends HTMLElement {
  value: string;
}

export interface TextFieldOptions {
  readonly label: string;
  readonly placeholder: string;
  /** Enter was pressed. */
  readonly onSubmit: (value: string) => void;
  readonly testId?: string;
}

export function textField({ label, placeholder, onSubmit, testId }: TextFieldOptions): TextFieldElement {
  const created = element('vscode-text-field', {
    'aria-label': label,
    placeholder,
    size: 6,
    'data-testid': testId ?? null,
  }) as TextFieldElement;
  created.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    // Otherwise the key would also press whatever button the focus moves to.
    event.preventDefault();
    onSubmit(created.value);
  });
  return created;
}

export function progressRing(attributes: Attributes = {}): HTMLElement {
  return element('vscode-progress-ring', attributes);
}

/** Looks like a link, acts like a button. */
export function actionLink(text: string, onClick: () => void): HTMLElement {
  const created = element('vscode-link', { href: '#', role: 'button' }, text);
  created.addEventListener('click', (event) => {
    event.preventDefault();
    onClick();
  });
  return created;
}
