import type { Outcome } from '../../src/protocol/contract';
import type { PanelHostContract } from '../../src/protocol/panelContract';
import { sharedStrings } from './strings';

type Saving = PanelHostContract['saveFile'];

/** The host of any view that can save files. */
export interface FileHost {
  call(method: 'saveFile', params: Saving['params']): Promise<Outcome<Saving['result']>>;
}

/** Saves a file where the user says; the answer is the sentence to show, empty when dismissed. */
export async function saveFile(host: FileHost, file: Saving['params']): Promise<string> {
  const outcome = await host.call('saveFile', file);
  if (outcome.ok) return outcome.value ? sharedStrings.saved(outcome.value.path) : '';
  const { kind, message, hint } = outcome.failure;
  if (kind === 'cancelled') return '';
  return kind === 'user' ? `${message} ${hint}`.trim() : sharedStrings.failure.bug;
}
