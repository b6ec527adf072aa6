import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { longSource } from '../support/longSource';
import { codeLine, hoverOver, lenses } from './support/codeEditor';
import type { Workbench } from './support/workbench';
import { eventually, explorerFile, openWorkbench, runCommand } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { zfnetCode } from './support/zfnetCode';

const text = longSource(5000, zfnetCode);
const first = text.split('\n').findIndex((line) => line.includes('self.conv1 = nn.Conv2d(3, 12')) + 1;
const behindKernel = text.split('\n')[first - 1]!.indexOf('kernel_size=7') + 'kernel_size=7'.length + 1;

describe('a file of 5000 lines', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeFile(workspace.file('long.py'), text);
    workbench = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      settings: { 'editor.autoClosingBrackets': 'never' },
    });
    page = workbench.page;
    await explorerFile(page, 'long.py').dblclick();
    await page.locator('.tab.active', { hasText: 'long.py' }).waitFor();
    await goTo(page, `${first}:${behindKernel}`);
  });

  test('has lenses and a hover at the network in its middle', async () => {
    await lenses(page).filter({ hasText: '12 filters · RF 7' }).first().waitFor();
    const hover = await hoverOver(page, 'self.conv1', 'conv1');
    await hover.getByText('3×224×224 → 12×110×110').waitFor();
  });

  test('a hover knows the number that was just typed', async () => {
    await goTo(page, `${first}:${behindKernel}`);
    await page.keyboard.type('1');
    const hover = await hoverOver(page, 'self.conv1', 'conv1');
    await hover.getByText('This line says kernel 71×71; the loaded model has kernel 7×7').waitFor();
    await page.keyboard.press('Backspace');
  });

  test('takes every key', async () => {
    const comment = '# the first layer sees edges and colours of seven pixels';
    await goTo(page, `${first - 1}:1`);
    await page.keyboard.press('End');
    await page.keyboard.type(`  ${comment}`);
    const line = codeLine(page, 'super().__init__()').filter({ hasText: '#' }).first();
    await eventually(async () => ((await line.innerText()).replaceAll('\u00a0', ' ').endsWith(comment) ? true : undefined)); // prettier-ignore
    await lenses(page).filter({ hasText: '12 filters · RF 7' }).first().waitFor();
    expect(await page.locator('.notification-toast').count()).toBe(0);
  });

  test('keeps the lenses and hovers of the layers around a call that is not closed', async () => {
    await goTo(page, `${first + 1}:1`);
    await page.keyboard.press('End');
    await page.keyboard.type('\nself.extra = nn.Conv2d(32, 48, kernel_size=');
    await codeLine(page, 'self.extra').waitFor();
    // What is typed above it is read with it.
    await goTo(page, `${first}:${behindKernel}`);
    await page.keyboard.type('1');
    const above = await hoverOver(page, 'self.conv1', 'conv1');
    await above.getByText('This line says kernel 71×71; the loaded model has kernel 7×7').waitFor();
    const below = await hoverOver(page, 'self.conv3', 'conv3');
    await below.getByText('32×13×13 → 48×13×13').waitFor();
    await expectLenses(page, ['12 filters · RF 7', '32 filters · RF 27', '48 filters · RF 75', '48 filters · RF 107']); // prettier-ignore
  });
});

/** Those of a model's first layers; what is not read yet has none. */
async function expectLenses(page: Page, texts: readonly string[]): Promise<void> {
  for (const text of texts) await lenses(page).filter({ hasText: text }).first().waitFor();
}

async function goTo(page: Page, place: string): Promise<void> {
  await runCommand(page, 'Go to Line/Column...');
  await page.keyboard.type(place);
  await page.keyboard.press('Enter');
  await page.locator('.monaco-editor.focused').waitFor();
}
