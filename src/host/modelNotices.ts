import * as vscode from 'vscode';
import type { PassedOver } from './modelChoice';
import { manageTrust } from './reportFailure';

/** What the user had chosen is not used: say so, without standing in the way. */
export async function tellPassedOver({ source, model, reason }: PassedOver): Promise<void> {
  switch (reason) {
    case 'untrusted':
      return offerTrust();
    case 'no-folder':
      await vscode.window.showWarningMessage(
        vscode.l10n.t('The setting switchback.model is relative, but no folder is open to start from.'),
      );
      return;
    case 'missing':
      await vscode.window.showWarningMessage(
        source === 'setting'
          ? vscode.l10n.t('The model of the setting switchback.model does not exist: {0}', model)
          : vscode.l10n.t('The model used before no longer exists: {0}', model),
      );
  }
}

/** A picked model is outweighed by the setting. */
export async function tellSettingDecides(): Promise<void> {
  const openSettings = vscode.l10n.t('Open Settings');
  const message = vscode.l10n.t('The setting switchback.model still decides for the images opened next.');
  if ((await vscode.window.showInformationMessage(message, openSettings)) === openSettings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'switchback.model');
  }
}

async function offerTrust(): Promise<void> {
  const { title, command } = manageTrust();
  const message = vscode.l10n.t(
    'This workspace is not trusted: its models stay closed, because native code would read them.',
  );
  if ((await vscode.window.showWarningMessage(message, title)) === title) {
    await vscode.commands.executeCommand(command);
  }
}
