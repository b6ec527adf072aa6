import type { Locator, Page } from 'playwright-core';
import { eventually } from './workbench';

/** A row of the Problems panel. */
export function problem(page: Page, message: string | RegExp): Locator {
  return page.locator('.markers-panel').getByRole('treeitem').filter({ hasText: message }).last();
}

/** Takes a quick fix in the editor, where the problem stands. */
export async function takeFix(page: Page, row: Locator, title: string): Promise<void> {
  const wanted = page.locator('.action-widget .monaco-list-row.action').filter({ hasText: title });
  await eventually(async () => {
    await row.dblclick();
    // The key would go to the panel before the editor has the focus.
    await page.locator('.monaco-editor.focused').waitFor();
    await page.keyboard.press('Control+.');
    return wanted.waitFor({ timeout: 3000 }).then(
      () => true,
      () => undefined,
    );
  });
  await eventually(async () => {
    if (/focused/.test((await wanted.getAttribute('class')) ?? '')) return true;
    await page.keyboard.press('ArrowDown');
    return undefined;
  });
  await page.keyboard.press('Enter');
}
