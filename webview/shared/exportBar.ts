import { toPng } from './canvas';
import { element, type Component } from './element';
import { saveFile, type FileHost } from './saveFile';
import { sharedStrings } from './strings';
import { button } from './toolkit';

/** What an experiment writes; each is asked for when its button is pressed. */
export interface Exports {
  /** File name without its ending. */
  readonly name: () => string;
  readonly png: () => HTMLCanvasElement | Promise<HTMLCanvasElement>;
  readonly csv: () => string | Promise<string>;
  /** May be a promise. */
  readonly json: () => unknown;
  /** One self-contained page. */
  readonly html: () => string | Promise<string>;
}

type Format = Exclude<keyof Exports, 'name'>;

/** A button for each format, and what came of it. */
export function createExportBar(host: FileHost, exports: Exports): Component<{ readonly ready: boolean }> {
  const message = element('span', { class: 'export-message', role: 'status' });
  const save = async (format: Format) => {
    const content = await contentOf(exports, format);
    message.textContent = await saveFile(host, { name: `${exports.name()}.${format}`, content });
  };
  const buttons = (['png', 'csv', 'json', 'html'] as const).map((format) =>
    button({
      text: sharedStrings.exports[format],
      label: sharedStrings.exports.label[format],
      testId: `export-${format}`,
      onClick: () => void save(format),
    }),
  );
  return {
    element: element(
      'div',
      { class: 'export-bar', role: 'group', 'aria-label': sharedStrings.exports.group },
      ...buttons,
      message,
    ),
    update: ({ ready }) => {
      for (const one of buttons) if (one.disabled === ready) one.disabled = !ready;
    },
  };
}

async function contentOf(exports: Exports, format: Format): Promise<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  switch (format) {
    case 'png':
      return new Uint8Array(await (await toPng(await exports.png())).arrayBuffer());
    case 'csv':
      return encode(await exports.csv());
    case 'json':
      return encode(`${JSON.stringify(await exports.json(), null, 2)}\n`);
    case 'html':
      return encode(await exports.html());
  }
}
