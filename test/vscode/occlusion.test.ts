import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { layerPanel, visualize } from './support/layerPanel';
import { occludeByCommandLine } from './support/cli';
import type { Workbench } from './support/workbench';
import {
  eventually,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('an occlusion sweep', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const view = () => webview(workbench.page);
  const done = () => view().locator('.progress[data-phase="done"]').waitFor({ timeout: 90_000 });
  const numbers = () => view().getByTestId('numbers').textContent();

  test('starts from the panel of layers and measures what the command line measures', async () => {
    const { page } = workbench;
    const panel = await visualize(page, 'discs.png');
    await panel.view.getByTestId('open-occlusion').click();
    await view().getByRole('heading', { name: 'Occlusion sweep' }).waitFor();
    await done();
    expect(await view().getByTestId('progress').textContent()).toBe('625 of 625');
    await screenshot(page, 'occlusion');
    const probability = await occludeByCommandLine({
      model: workspace.file('model.onnx'),
      image: workspace.file('discs.png'),
    });
    const map = view().locator('.map-views canvas.heat').nth(2);
    await map.focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 5; i++) await page.keyboard.press('PageUp');
    for (const [key, window] of [
      ['ArrowRight', 1],
      ['ArrowDown', 26],
    ] as const) {
      await page.keyboard.press(key);
      const expected = `${(100 * probability[window]!).toFixed(1)} %`;
      await eventually(async () => ((await numbers())?.includes(expected) ? true : undefined));
    }
    expect(await numbers()).toMatch(/^rows 8 to 39, columns 8 to 39:/);
  });

  test('is there again, without measuring anew, when its panel was closed', async () => {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    await explorerFile(page, 'discs.png').click();
    await page.locator('.tab.active').filter({ hasText: 'discs.png' }).waitFor();
    await runCommand(page, 'Switchback: Occlusion Sweep…');
    await view().getByRole('heading', { name: 'Occlusion sweep' }).waitFor();
    // All cells are there before the engine could have measured more than the first of them.
    await view().getByText('625 of 625').first().waitFor();
    await done();
    expect(await layerPanel(page).failure.isVisible()).toBe(false);
  });
});
