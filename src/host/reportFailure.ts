import * as vscode from 'vscode';
import type { Failure } from '../protocol/contract';
import { toFailure } from '../protocol/failure';

/** Buttons that a message may have, each a command. */
interface Remedy {
  readonly title: string;
  readonly command: string;
}

/** Tells the user what went wrong and what to do. Cancellation shows nothing; a bug shows where to look. */
export async function reportFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  const failure = toFailure(error);
  if (failure.kind === 'cancelled') return;
  const { message, remedies } = describe(failure, log);
  const titles = remedies.map(({ title }) => title);
  const chosen = await vscode.window.showErrorMessage(message, ...titles);
  const remedy = remedies.find(({ title }) => title === chosen);
  if (remedy) await vscode.commands.executeCommand(remedy.command);
}

function describe(
  failure: Failure,
  log: vscode.LogOutputChannel,
): { readonly message: string; readonly remedies: readonly Remedy[] } {
  const showLog: Remedy = { title: vscode.l10n.t('Show Log'), command: 'switchback.showLog' };
  const restart: Remedy = { title: vscode.l10n.t('Restart Engine'), command: 'switchback.restartEngine' };
  switch (failure.kind) {
    case 'user': {
      log.warn(`${failure.code}: ${failure.message}`);
      const message = failure.hint === '' ? failure.message : `${failure.message} ${failure.hint}`;
      return { message, remedies: failure.code === 'untrusted-model' ? [manageTrust()] : [] };
    }
    case 'gone':
      log.error(failure.message);
      return {
        message: vscode.l10n.t('The Switchback engine stopped. Nothing else was affected.'),
        remedies: [restart, showLog],
      };
    case 'bug':
    case 'cancelled':
      log.error(failure.stack ?? failure.message);
      return {
        message: vscode.l10n.t('Something went wrong in Switchback. The log says more.'),
        remedies: [showLog],
      };
  }
}

export function manageTrust(): Remedy {
  return { title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' };
}
