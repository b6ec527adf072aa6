/** Text that is already HTML. Only `html` and `trustedHtml` make it, so nothing from a model gets in unescaped. */
export interface Html {
  readonly html: string;
}

type Content = string | number | Html | readonly Html[];

/** A template whose values are escaped, except those that are HTML already. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const text = parts.map((part, i) => part + (i < values.length ? render(values[i]!) : ''));
  return { html: text.join('') };
}

/** Text of our own as HTML, a style sheet for instance; never anything from a file. */
export function trustedHtml(text: string): Html {
  return { html: text };
}

function render(value: Content): string {
  if (typeof value === 'object')
    return Array.isArray(value) ? value.map(render).join('') : (value as Html).html;
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
