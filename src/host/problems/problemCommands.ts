import * as vscode from 'vscode';
import { isFindingCode } from '../../core/diagnose/finding';
import type { CommandTable } from '../commands';
import { settingSection } from '../names';

/** What the problems' links and quick fixes do. */
type ProblemCommands = Pick<CommandTable, 'switchback.explainFindings' | 'switchback.silenceFinding'>;

const silencedSetting = 'diagnostics.silenced';

export function problemCommands(extension: vscode.Extension<unknown>): ProblemCommands {
  return {
    'switchback.explainFindings': async (code) => {
      const page = vscode.Uri.joinPath(extension.extensionUri, 'media', 'findings.md');
      const fragment = isFindingCode(code) ? code : '';
      await vscode.commands.executeCommand('markdown.showPreview', page.with({ fragment }));
    },
    'switchback.silenceFinding': async (code, uri) => {
      if (!isFindingCode(code)) {
        const setting = `${settingSection}.${silencedSetting}`;
        await vscode.commands.executeCommand('workbench.action.openSettings', setting);
        return;
      }
      const scope = uri instanceof vscode.Uri ? uri : undefined;
      const configuration = vscode.workspace.getConfiguration(settingSection, scope);
      const silenced = configuration.get<readonly unknown[]>(silencedSetting, []);
      const { Global, Workspace } = vscode.ConfigurationTarget;
      const target = vscode.workspace.workspaceFolders ? Workspace : Global;
      await configuration.update(silencedSetting, [...new Set([...silenced, code])], target);
    },
  };
}
