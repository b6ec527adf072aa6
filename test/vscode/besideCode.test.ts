import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { codeLine, lenses } from './support/codeEditor';
import { drawnTiles, visualize } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import {
  besideEachOther,
  chooseFile,
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace, narrowZfnet } from './support/workspace';

/** Too few of the model's layers to tell by themselves which model it is. */
const fewLayers = `from torch import nn

net = nn.Sequential()
net.add_module("conv1", nn.Conv2d(3, 12, 7, 2, 1))
net.add_module("conv2", nn.Conv2d(12, 32, 5, 2))
`;

describe('a panel about a model whose code is not open', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeFile(workspace.file('net.py'), fewLayers);
    await mkdir(workspace.file('other'));
    await writeFile(workspace.file('other/named.onnx'), narrowZfnet());
    await writeFile(workspace.file('other/named.switchback.json'), JSON.stringify({ source: 'binary.py' }));
    await writeFile(workspace.file('other/binary.py'), Buffer.alloc(2000));
    workbench = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      settings: { 'switchback.model': workspace.file('model.onnx') },
    });
    page = workbench.page;
  });

  const treeRow = (layer: string): Locator =>
    page.locator('.pane-body').getByRole('treeitem', { name: new RegExp(`^${layer}\\b`) });
  const question = (): Locator =>
    page.locator('.notifications-toasts').getByText('No file that is open defines model.onnx.');

  test('opens beside the active editor and asks for the file', async () => {
    await openBesideNotes();
    await question().waitFor();
    await screenshot(page, 'beside-active-editor');
  });

  test('asks only once, also when nobody answered', async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    await openBesideNotes();
    expect(await question().count()).toBe(0);
  });

  test('is asked for a layer’s line, finds the file, and remembers it over a reload of the window', async () => {
    const panel = await openBesideNotes();
    await panel.section('conv2').getByTestId('reveal-source').click();
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Find File…' }).click();
    await chooseFile(page, workspace.file('net.py'));
    await page.locator('.statusbar-item', { hasText: 'Ln 5, Col 25' }).waitFor();
    await runCommand(page, 'View: Close All Editor Groups');
    await page.reload();
    await explorerFile(page, 'net.py').dblclick();
    await lenses(page).filter({ hasText: '12 filters · RF 7' }).first().waitFor();
    await runCommand(page, 'View: Close All Editors');
    await visualize(page, 'discs.png');
    await besideEachOther(page, 'net.py', 'discs.png');
    expect(await question().count()).toBe(0);
  });

  test('has the filters of layers that are clicked in the side bar beside the code, in one tab', async () => {
    await runCommand(page, 'View: Close All Editor Groups');
    await explorerFile(page, 'net.py').dblclick();
    await page.getByRole('tab', { name: 'Switchback' }).click();
    const heading = (layer: string) => webview(page).getByRole('heading', { name: `Filters of ${layer}` });
    await treeRow('conv2').click();
    await heading('conv2').waitFor();
    await besideEachOther(page, 'net.py', 'model.onnx');
    await codeLine(page, 'conv1').click();
    await treeRow('conv3').click();
    await heading('conv3').waitFor();
    expect(await page.locator('.tab', { hasText: 'model.onnx' }).count()).toBe(1);
    await screenshot(page, 'filters-beside-code');
  });

  test('about top activations is in the menu of a layer in the side bar, and opens beside the code', async () => {
    await runCommand(page, 'View: Close All Editor Groups');
    await chooseFromContextMenu(page, treeRow('conv3'), 'Show Top Activations of Layer');
    await quickPickRow(page, path.basename(workspace.folder)).click();
    await webview(page)
      .getByTestId('map-card')
      .getByRole('group', { name: 'conv3' })
      .first()
      .waitFor({ timeout: 60_000 });
    await besideEachOther(page, 'net.py', 'Top activations');
    await page.getByRole('tab', { name: /^Explorer/ }).click();
  });

  test('opens beside the active editor where the file that its sidecar names is no text', async () => {
    await workbench.server.changeSettings({ 'switchback.model': workspace.file('other/named.onnx') });
    await openBesideNotes();
    await page.getByRole('button', { name: 'Switchback model: named.onnx' }).waitFor();
    expect(await page.getByRole('tab', { name: 'binary.py' }).count()).toBe(0);
  });

  async function openBesideNotes() {
    await runCommand(page, 'View: Close All Editor Groups');
    await explorerFile(page, 'notes.txt').dblclick();
    await page.locator('.tab.active', { hasText: 'notes.txt' }).waitFor();
    const panel = await visualize(page, 'discs.png');
    await besideEachOther(page, 'notes.txt', 'discs.png');
    await drawnTiles(panel, 'conv1');
    return panel;
  }
});
