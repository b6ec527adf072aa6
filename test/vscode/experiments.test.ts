import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import type { Workbench } from './support/workbench';
import { explorerFile, openWorkbench, runCommand, screenshot, webview } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('experiments with a picture', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  async function open(command: string) {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await explorerFile(page, 'discs.png').click();
    await page.locator('.tab.active[data-resource-name="discs.png"]').waitFor();
    await runCommand(page, `Switchback: ${command}`);
    const view = webview(page);
    await view.locator('.progress[data-phase="done"]').waitFor({ timeout: 60_000 });
    return view;
  }

  test('the features of a picture that moves: curves, and the picture at the cursor', async () => {
    const view = await open('Feature Invariance…');
    await view.locator('.chart svg').nth(2).waitFor();
    const chart = view.getByTestId('chart').first();
    await chart.focus();
    await workbench.page.keyboard.press('ArrowRight');
    await view.locator('caption', { hasText: 'Vertical translation 5' }).waitFor();
    expect(await view.getByTestId('transformed').locator('canvas').count()).toBe(1);
    await screenshot(workbench.page, 'invariance');
  });

  test('a layer that is switched off moves the probabilities', async () => {
    const view = await open('Lesion…');
    await view.getByTestId('switch').first().click();
    await view.getByTestId('off').locator('.chip').waitFor();
    await view.locator('.progress[data-phase="done"]').waitFor();
    const answers = view.getByTestId('answers').locator('tbody tr:first-child td');
    await expect.poll(async () => new Set(await answers.allTextContents()).size).toBe(2);
    await screenshot(workbench.page, 'lesion');
  });
});
