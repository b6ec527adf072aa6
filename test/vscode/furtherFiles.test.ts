import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { withExternalData } from '../support/externalData';
import { zfnet } from '../support/zfnet';
import { filterSheet, projectTop } from './support/cli';
import { hoverOver, hoverPicture, lenses } from './support/codeEditor';
import { drawnTiles, visualize, type LayerPanel } from './support/layerPanel';
import { largestDifference } from './support/pictures';
import {
  chooseFromContextMenu,
  eventually,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { zfnetCode } from './support/zfnetCode';

const [first, second] = [1, 2].map((seed) =>
  withExternalData(zfnet({ width: 1 / 8, classes: 10, seed }), 'weights/model.bin'),
);
const labels = (word: string) => Array.from({ length: 10 }, (_, i) => `${word} ${i}`).join('\n');

describe('a model whose weights and labels are in further files', () => {
  let workspace: Workspace;
  let page: Page;
  let panel: LayerPanel;

  const model = () => workspace.file('model.onnx');
  const weights = () => workspace.file('weights/model.bin');
  const failure = () => webview(page).locator('.banner [data-testid="failure-message"]');
  const missing = { hasText: 'weights/model.bin, which is missing' };

  beforeAll(async () => {
    workspace = await makeWorkspace({ model: first!.model });
    const sidecar = { labels: 'labels.txt' };
    await writeFile(workspace.file('model.switchback.json'), JSON.stringify(sidecar));
    await writeFile(workspace.file('labels.txt'), labels('early'));
    await writeFile(workspace.file('net.py'), zfnetCode);
    ({ page } = await openWorkbench({ folder: workspace.folder, extension: repository }));
    await explorerFile(page, 'net.py').dblclick();
    await page.locator('.tab.active', { hasText: 'net.py' }).waitFor();
  });

  test('opens in the panel and beside its code as soon as the missing file is there', async () => {
    panel = await visualize(page, 'discs.png');
    await failure().filter(missing).waitFor();
    expect(await lenses(page).count()).toBe(0);
    await screenshot(page, 'further-files-missing');
    await mkdir(path.dirname(weights()));
    await writeFile(weights(), first!.data);
    await drawnTiles(panel, 'conv2');
    await lenses(page).filter({ hasText: '12 filters · RF 7' }).first().waitFor();
    await failure().waitFor({ state: 'hidden' });
    expect(await page.getByText('No file that is open defines model.onnx').count()).toBe(0);
    await screenshot(page, 'further-files-there');
  });

  test('shows what replaced weights do, in the panel, in hovers and above lines', async () => {
    const before = await drawnTiles(panel, 'conv2');
    await writeFile(weights(), second!.data);
    const image = workspace.file('discs.png');
    const tiles = await projectTop({ model: model(), image, layer: 'conv2', top: 9 });
    expect(tiles.map(({ map }) => map)).not.toEqual(before.map(({ map }) => map));
    await eventually(async () => {
      const shown = await drawnTiles(panel, 'conv2');
      const agrees = shown.every(({ map, projection }, i) => {
        const { map: expected, picture } = tiles[i]!;
        return map === expected && largestDifference(projection, picture!) === 0;
      });
      return agrees || undefined;
    });
    const filters = await filterSheet(model(), 'conv1', 7);
    await eventually(async () => {
      const hover = await hoverOver(page, 'self.conv1', 'conv1');
      return largestDifference(await hoverPicture(hover), filters) === 0 || undefined;
    });
  });

  test('names its classes as the file of labels does now', async () => {
    const names = panel.view.getByTestId('top-labels');
    await names
      .getByText(/^early \d$/)
      .first()
      .waitFor();
    await writeFile(workspace.file('labels.txt'), labels('late'));
    await names
      .getByText(/^late \d$/)
      .first()
      .waitFor();
    await rm(workspace.file('labels.txt'));
    await names
      .getByText(/^class \d$/)
      .first()
      .waitFor();
    await writeFile(workspace.file('labels.txt'), labels('back'));
    await names
      .getByText(/^back \d$/)
      .first()
      .waitFor();
  });

  test('is shown in its own editor and in the side bar when a file comes back', async () => {
    await runCommand(page, 'View: Close All Editors');
    await rename(weights(), `${weights()}.away`);
    await chooseFromContextMenu(page, explorerFile(page, 'model.onnx'), 'Show Filters of Model');
    await failure().filter(missing).waitFor();
    await page.getByRole('tab', { name: 'Switchback' }).click();
    const row = (name: RegExp) => page.locator('.pane-body').getByRole('treeitem', { name });
    await row(/^model\.onnx, .*is missing/).waitFor();
    await rename(`${weights()}.away`, weights());
    await webview(page).getByRole('heading', { name: 'Filters of conv1' }).waitFor();
    await row(/^conv5\b/).waitFor();
    await page.getByRole('tab', { name: 'Explorer' }).click();
  });

  test('is swept again when its weights are replaced while only that panel is open', async () => {
    await runCommand(page, 'View: Close All Editors');
    await explorerFile(page, 'discs.png').click();
    await page.locator('.tab.active').filter({ hasText: 'discs.png' }).waitFor();
    await runCommand(page, 'Switchback: Occlusion Sweep…');
    const progress = (phase: string) => webview(page).locator(`.progress${phase}`);
    await progress('[data-phase="done"]').waitFor({ timeout: 90_000 });
    await writeFile(weights(), first!.data);
    await progress('[data-phase]:not([data-phase="done"])').waitFor();
    await progress('[data-phase="done"]').waitFor({ timeout: 90_000 });
  });
});
