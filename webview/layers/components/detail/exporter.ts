import type { Peer } from '../../../../src/protocol/contract';
import type { PanelHostContract } from '../../../../src/protocol/panelContract';
import { toPng } from '../../pictures';
import { strings } from '../../strings';

/** Saves the picture where the user says; the answer is the sentence to show, empty when dismissed. */
export async function savePicture(
  host: Peer<PanelHostContract>,
  canvas: HTMLCanvasElement,
  name: string,
): Promise<string> {
  const png = new Uint8Array(await (await toPng(canvas)).arrayBuffer());
  const outcome = await host.call('savePng', { name, png });
  if (outcome.ok) return outcome.value ? strings.detail.saved(outcome.value.path) : '';
  const { kind, message, hint } = outcome.failure;
  if (kind === 'cancelled') return '';
  return kind === 'user' ? `${message} ${hint}`.trim() : strings.failure.bug;
}

/** Puts the picture on the clipboard; the answer is the sentence to show. */
export async function copyPicture(canvas: HTMLCanvasElement): Promise<string> {
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': toPng(canvas) })]);
    return strings.detail.copied;
  } catch {
    // The browser refuses without focus, without permission, or in an embedded frame: the same advice for all.
    return strings.detail.copyRefused;
  }
}
