import * as vscode from 'vscode';
import { settingSection } from '../names';
import type { ScanQueue } from './scanQueue';

/** Has the user type the password of the queue. */
export async function askForPassword({ address, keepPassword }: ScanQueue): Promise<void> {
  if (address() === '') return offerSetting();
  const password = await vscode.window.showInputBox({
    title: vscode.l10n.t('Password of the queue'),
    prompt: vscode.l10n.t('For the address in switchback.queue.address; empty removes it'),
    password: true,
    ignoreFocusOut: true,
  });
  if (password !== undefined) await keepPassword(password);
}

async function offerSetting(): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'No queue is set: name its address first, redis://host:6379 or, with TLS, rediss://host:6379.',
    ),
    open,
  );
  if (chosen !== open) return;
  await vscode.commands.executeCommand('workbench.action.openSettings', `${settingSection}.queue.address`);
}
