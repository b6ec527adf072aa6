import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ApiTests } from './harness';

const extensionId = 'switchback.switchback';
const panelType = 'switchback.layers';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string }[];
    readonly configuration: { properties: Record<string, { default: unknown }> };
  };
}

/** What holds in any VS Code, with a workspace that `makeWorkspace` has filled. */
export const extensionTests: ApiTests = {
  'every command of the manifest is registered': async () => {
    const { manifest } = await activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = manifest.contributes.commands.filter(({ command }) => !registered.has(command));
    assert.deepEqual(missing, []);
  },

  'every setting has its default': async () => {
    const { manifest } = await activate();
    for (const [name, { default: expected }] of Object.entries(
      manifest.contributes.configuration.properties,
    )) {
      assert.deepEqual(vscode.workspace.getConfiguration().inspect(name)?.defaultValue, expected, name);
    }
  },

  'visualizing a picture opens a panel beside the code': async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(workspaceFile('notes.txt'));
    await vscode.commands.executeCommand('switchback.visualizeLayers', workspaceFile('discs.png'));
    const panel = await until(() => panels()[0]);
    assert.equal(panel.group.viewColumn, vscode.ViewColumn.Two);
  },

  'several selected pictures share one panel': async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const selected = [workspaceFile('discs.png'), workspaceFile('stripes.png')];
    await vscode.commands.executeCommand('switchback.visualizeLayers', selected[0], selected);
    await until(() => panels()[0]);
    assert.equal(panels().length, 1);
  },
};

async function activate(): Promise<{ manifest: Manifest }> {
  const extension = vscode.extensions.getExtension(extensionId);
  assert.ok(extension, `${extensionId} is not installed`);
  await extension.activate();
  return { manifest: extension.packageJSON as Manifest };
}

function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

function panels(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith(panelType));
}

async function until<T>(probe: () => T | undefined): Promise<T> {
  for (;;) {
    const found = probe();
    if (found !== undefined) return found;
    await delay(50);
  }
}
