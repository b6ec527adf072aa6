import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { layerPanel, menuEntry } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { chooseFromContextMenu, explorerFile, openWorkbench, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('a workspace that is not trusted', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
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
    // What opens instead, if anything, is the bundled model.
    const shown = await layerPanel(page).view.locator('h1').allTextContents();
    expect(shown.join()).not.toContain('model.onnx');
  });
});
