import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import type { LayerPanel } from './support/layerPanel';
import { drawnTiles, layerPanel, menuEntry } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { eventually, explorerFile, openWorkbench, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('without a mouse', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;
  let panel: LayerPanel;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
    page = workbench.page;
    panel = layerPanel(page);
  });

  test('the menu of a file in the Explorer opens the panel', async () => {
    await page.keyboard.press('Control+Shift+E');
    await pressUntil('ArrowDown', () =>
      explorerFile(page, 'discs.png').evaluate((row) => row.classList.contains('focused')),
    );
    await eventually(async () => {
      await page.keyboard.press('Shift+F10');
      const entries = await page.getByRole('menuitem').allTextContents();
      if (entries.some((entry) => entry.includes(menuEntry))) return true;
      await page.keyboard.press('Escape');
      return undefined;
    });
    await pressUntil('ArrowDown', () =>
      page.getByRole('menuitem', { name: menuEntry }).evaluate((entry) => entry.matches(':focus')),
    );
    await page.keyboard.press('Enter');
    expect(await drawnTiles(panel, 'conv1')).toHaveLength(9);
  });

  test('Tab reaches the tiles, arrows move over them and across layers', async () => {
    await pressUntil('Tab', async () => (await focusedTile()) !== null);
    const first = await focusedTile();
    expect(first?.layer).toBe('conv1');
    await page.keyboard.press('ArrowRight');
    const second = await focusedTile();
    expect(second?.layer).toBe('conv1');
    expect(second?.map).not.toBe(first?.map);
    await pressUntil('ArrowDown', async () => (await focusedTile())?.layer === 'conv2');
    await screenshot(page, 'keyboard-tile');
  });

  test('Enter opens the detail, Escape leads back to its tile', async () => {
    const before = await focusedTile();
    await page.keyboard.press('Enter');
    const detail = panel.view.getByTestId('detail');
    await detail.waitFor();
    expect(await detail.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await screenshot(page, 'keyboard-detail');
    await page.keyboard.press('Escape');
    await detail.waitFor({ state: 'hidden' });
    expect(await focusedTile()).toEqual(before);
  });

  /** Nobody has to press a key more often than there are things to go through. */
  async function pressUntil(key: string, reached: () => Promise<boolean>): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      if (await reached()) return;
      await page.keyboard.press(key);
      await page.waitForTimeout(50);
    }
    throw new Error(`${key} does not lead there`);
  }

  function focusedTile(): Promise<{ layer: string; map: string } | null> {
    return panel.view.locator('body').evaluate(({ ownerDocument }) => {
      const { layer, map } = (ownerDocument.activeElement as HTMLElement | null)?.dataset ?? {};
      return layer !== undefined && map !== undefined ? { layer, map } : null;
    });
  }
});
