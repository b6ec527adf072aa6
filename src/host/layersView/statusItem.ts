import path from 'node:path';
import * as vscode from 'vscode';
import type { CurrentModel, ModelState } from './currentModel';

/** The model in the status bar, as soon as there is one; a click chooses another. */
export function registerStatusItem(current: CurrentModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('switchback.model', vscode.StatusBarAlignment.Right);
  item.name = vscode.l10n.t('Switchback Model');
  item.command = 'switchback.chooseModel';
  current.onDidChange(() => update(item, current.state()));
  return item;
}

function update(item: vscode.StatusBarItem, state: ModelState): void {
  if (state.kind === 'none') {
    item.hide();
    return;
  }
  const { model, image } = state.shown;
  const name = path.basename(model);
  const icon = { opening: 'loading~spin', failed: 'error', open: 'layers' }[state.kind];
  item.text = `$(${icon}) ${name}`;
  item.tooltip = [
    model,
    ...(image === undefined ? [] : [image]),
    vscode.l10n.t('Click to choose another model'),
  ].join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Switchback model: {0}', name), role: 'button' };
  item.show();
}
