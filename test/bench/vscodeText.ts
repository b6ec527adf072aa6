// What hovers need of VS Code, for measuring them in a process of their own: the texts, without their translation.

/** Of VS Code's, the parts that hovers write, with its escapes. */
export class MarkdownString {
  value = '';
  appendText(text: string): this {
    this.value += text
      .replace(/[\\`*_{}[\]()#+\-!~]/g, '\\$&')
      .replace(/ {2,}/g, (gap) => '&nbsp;'.repeat(gap.length));
    return this;
  }
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

export class Hover {
  constructor(
    readonly contents: MarkdownString,
    readonly range: Range,
  ) {}
}

export class Range {
  readonly places: readonly number[];
  constructor(...places: readonly number[]) {
    this.places = places;
  }
}

export class EventEmitter {
  readonly event = () => undefined;
  fire(): void {}
  dispose(): void {}
}

export const env = { language: 'en' };

export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string =>
    text.replace(/\{(\d+)\}/g, (_, index: string) => String(values[Number(index)])),
};
