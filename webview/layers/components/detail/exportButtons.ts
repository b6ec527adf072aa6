import type { Peer } from '../../../../src/protocol/contract';
import type { PanelHostContract } from '../../../../src/protocol/panelContract';
import { element } from '../../../shared/element';
import { button } from '../../../shared/toolkit';
import { toPng } from '../../../shared/canvas';
import { saveFile } from '../../../shared/saveFile';
import { strings } from '../../strings';

export interface ExportOptions {
  readonly host: Peer<PanelHostContract>;
  /** At native resolution; `null` while there is none. */
  readonly canvas: () => HTMLCanvasElement | null;
  readonly name: () => string | undefined;
}

/** Save and copy, and what came of it. */
export function createExportButtons({ host, canvas, name }: ExportOptions): {
  readonly element: HTMLElement;
} {
  const message = element('span', { class: 'export-message', role: 'status' });
  const run = async (action: (picture: HTMLCanvasElement) => Promise<string>) => {
    const picture = canvas();
    message.textContent = picture ? await action(picture) : strings.detail.nothingToSave;
  };
  return {
    element: element(
      'div',
      { class: 'detail-buttons' },
      button({
        text: strings.detail.savePng,
        testId: 'save-png',
        onClick: () => void run((picture) => savePicture(host, picture, name() ?? 'projection.png')),
      }),
      button({ text: strings.detail.copy, testId: 'copy', onClick: () => void run(copyPicture) }),
      message,
    ),
  };
}

/** Saves the picture where the user says; the answer is the sentence to show, empty when dismissed. */
async function savePicture(
  host: Peer<PanelHostContract>,
  canvas: HTMLCanvasElement,
  name: string,
): Promise<string> {
  return saveFile(host, { name, content: new Uint8Array(await (await toPng(canvas)).arrayBuffer()) });
}

/** Puts the picture on the clipboard; the answer is the sentence to show. */
async function copyPicture(canvas: HTMLCanvasElement): Promise<string> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': toPng(canvas) })]);
    return strings.detail.copied;
  } catch {
    // The browser refuses without focus, without permission, or in an embedded frame: the same advice for all.
    return strings.detail.copyRefused;
  }
}
