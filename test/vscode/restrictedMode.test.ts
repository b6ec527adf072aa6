import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { layerPanel, menuEntry } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { wrongKernel } from './support/zfnetCode';

describe('a workspace that is not trusted', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeFile(workspace.file('net.py'), wrongKernel);
    const { folder } = workspace;
    workbench = await openWorkbench({ folder, extension: repository, workspaceTrust: 'ask' });
    await workbench.page.getByRole('button', { name: "No, I don't trust the authors" }).click();
  });

  test('keeps its model closed and says so', async () => {
    const { page } = workbench;
    await page.getByText('Restricted Mode').first().waitFor();
    await chooseFromContextMenu(page, explorerFile(page, 'discs.png'), menuEntry);
    await page.locator('.notification-toast').filter({ hasText: 'trust' }).waitFor();
    await screenshot(page, 'restricted-mode');
    // What opens instead is the bundled model.
    await page.locator('.tab', { hasText: 'discs.png' }).waitFor();
    const shown = await layerPanel(page).view.locator('h1').allTextContents();
    expect(shown.join()).not.toContain('model.onnx');
  });

  test('shows no filters of its model in the editor of model files, and says why', async () => {
    const { page } = workbench;
    await chooseFromContextMenu(page, explorerFile(page, 'model.onnx'), 'Show Filters of Model');
    await page.locator('.tab.active', { hasText: 'model.onnx' }).waitFor();
    const failure = webview(page).locator('.banner [data-testid="failure-message"]');
    await failure.filter({ hasText: 'model.onnx' }).waitFor();
    expect(await webview(page).locator('[data-layer]').count()).toBe(0);
    await screenshot(page, 'restricted-model-editor');
  });

  test('has nothing of its model beside the code', async () => {
    const { page } = workbench;
    await explorerFile(page, 'net.py').dblclick();
    await page.locator('.view-line', { hasText: 'Conv2d' }).first().waitFor();
    await page.getByText('Conv2d').first().hover();
    // What comes within seconds in a trusted workspace; see code.test.ts and diagnostics.test.ts.
    await page.waitForTimeout(8000);
    expect(await page.locator('.codelens-decoration a').count()).toBe(0);
    expect(await page.locator('.monaco-hover img').count()).toBe(0);
    expect(await page.locator('.glyph-margin-widgets .cgmr').count()).toBe(0);
    await runCommand(page, 'Problems: Focus on Problems View');
    await page.getByText('No problems have been detected in the workspace.').waitFor();
  });

  test('has no layers of its model in the side bar', async () => {
    const { page } = workbench;
    await page.getByRole('tab', { name: 'Switchback' }).click();
    const row = page.locator('.pane-body').getByRole('treeitem', { name: /^zfnet\.onnx/ });
    await row.waitFor();
    await screenshot(page, 'restricted-layers-view');
    expect(
      await page
        .locator('.pane-body')
        .getByRole('treeitem', { name: /model\.onnx/ })
        .count(),
    ).toBe(0);
  });
});
