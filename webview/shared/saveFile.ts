import type { Peer } from '../../src/protocol/contract';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { sharedStrings } from './strings';

/** Saves a file where the user says; the answer is the sentence to show, empty when dismissed. */
export async function saveFile(
  host: Peer<PanelHostContract>,
  file: { readonly name: string; readonly content: Uint8Array },
): Promise<string> {
  const outcome = await host.call('saveFile', file);
  if (outcome.ok) return outcome.value ? sharedStrings.saved(outcome.value.path) : '';
  const { kind, message, hint } = outcome.failure;
  if (kind === 'cancelled') return '';
  return kind === 'user' ? `${message} ${hint}`.trim() : sharedStrings.failure.bug;
}
