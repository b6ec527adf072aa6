import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { drawnTiles, layerPanel, menuEntry, visualize } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  eventually,
  explorerFile,
  isStateWritten,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('the ways to the panel', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
    page = workbench.page;
    // Opening a menu again and again until its entry is there drops a selection of several files.
    await visualize(page, 'discs.png');
  });

  beforeEach(() => runCommand(page, 'View: Close All Editors'));

  test('several selected pictures share a panel to page through', async () => {
    await explorerFile(page, 'discs.png').click();
    await explorerFile(page, 'stripes.png').click({ modifiers: ['ControlOrMeta'] });
    await chooseFromContextMenu(page, explorerFile(page, 'stripes.png'), menuEntry);
    const panel = layerPanel(page);
    await drawnTiles(panel, 'conv1');
    const choices = panel.view.getByTestId('image-select').locator('vscode-option');
    expect(await choices.allTextContents()).toEqual(expect.arrayContaining(['discs.png', 'stripes.png']));
    await screenshot(page, 'several-pictures');
  });

  test('the title of an open picture has a button', async () => {
    await explorerFile(page, 'discs.png').dblclick();
    await page.locator('.editor-actions').getByRole('button', { name: menuEntry }).click();
    expect(await drawnTiles(layerPanel(page), 'conv1')).not.toEqual([]);
    // The picture stays open: the panel takes its place beside it.
    expect(await page.locator('.editor-group-container').count()).toBe(2);
    await screenshot(page, 'beside-picture');
  });

  test('the command palette asks for a picture', async () => {
    await runCommand(page, `Switchback: ${menuEntry}`);
    await quickPickRow(page, 'stripes.png').click();
    const panel = layerPanel(page);
    await drawnTiles(panel, 'conv1');
    expect(await panel.view.locator('h1').textContent()).toContain('stripes.png');
  });

  test('a reload of the window brings the panel back as it was', async () => {
    const before = await visualize(page, 'discs.png');
    await drawnTiles(before, 'conv1');
    await before.view.getByTestId('tables-toggle').click();
    await before.view.getByTestId('layer-table').first().waitFor();
    // VS Code writes its state only while its own document has the focus.
    await page.locator('.part.sidebar .title-label').click();
    await page.bringToFront();
    await eventually(() => isStateWritten(page, '"tables":true'), 40_000);
    await page.reload();
    const after = layerPanel(page);
    await after.view.getByTestId('layer-table').first().waitFor();
    expect(await after.view.locator('h1').textContent()).toContain('discs.png');
  });

  test('a click on the model in the status bar chooses another, which pictures are then shown with', async () => {
    const { view } = await visualize(page, 'discs.png');
    await view.locator('h1').filter({ hasText: 'model.onnx' }).waitFor();
    await runCommand(page, 'View: Close All Editors');
    await page.getByRole('button', { name: 'Switchback model: model.onnx' }).click();
    await quickPickRow(page, 'ZFNet (bundled)').click();
    await page.getByRole('button', { name: 'Switchback model: zfnet.onnx' }).waitFor();
    const panel = await visualize(page, 'discs.png');
    await panel.view.locator('h1').filter({ hasText: 'zfnet.onnx' }).waitFor();
  });
});
