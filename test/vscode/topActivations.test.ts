import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { repository } from '../../scripts/vscode/cache';
import { zfnet } from '../support/zfnet';
import { projectTop, switchback } from './support/cli';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  eventually,
  explorerFile,
  lastWebview,
  openWorkbench,
  runCommand,
  screenshot,
  switchTheme,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

const samples = ['astronaut.jpg', 'cat.jpg', 'coffee.jpg', 'rocket.jpg'];

describe('top activations of a folder', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    // Without a model of its own the workspace takes the bundled one.
    await rm(workspace.file('model.onnx'));
    await mkdir(workspace.file('photos/more'), { recursive: true });
    await mkdir(workspace.file('empty'));
    for (const name of samples)
      await copyFile(path.join(repository, 'media/samples', name), workspace.file(`photos/${name}`));
    await copyFile(workspace.file('discs.png'), workspace.file('photos/more/discs.png'));
    await writeFile(workspace.file('photos/broken.jpg'), 'no picture');
    await symlink('..', workspace.file('photos/more/around'));
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const view = () => webview(workbench.page);
  const inPhase = (phase: string) => view().locator(`.progress[data-phase="${phase}"]`).waitFor({ timeout: 60_000 }); // prettier-ignore
  const card = (map: number) => view().locator(`[data-testid="map-card"][data-map="${map}"]`);

  async function find(folder: string) {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    await chooseFromContextMenu(page, explorerFile(page, folder), 'Find Top Activations');
    await view().getByRole('heading', { name: 'Top activations' }).waitFor();
  }

  async function choose(list: string, entry: string) {
    await view().getByTestId(list).click();
    await view().getByTestId(list).getByRole('option', { name: entry, exact: true }).click();
  }

  async function show(layer: string, map: number) {
    await choose('layer', layer);
    const field = view().getByTestId('map').locator('input');
    await field.fill(String(map));
    await field.press('Enter');
    await card(map).waitFor();
  }

  test('are found from the Explorer, with what could not be read', async () => {
    await find('photos');
    await inPhase('done');
    expect(await view().getByTestId('summary').textContent()).toMatch(/^5 pictures; 48 maps/);
    await view().getByText('Pictures and folders that could not be read (1)').click();
    await view().getByText('broken.jpg', { exact: false }).waitFor();
    await view().locator('[data-testid="place"][data-status="ok"]').nth(40).waitFor();
    await screenshot(workbench.page, 'top-activations');
  });

  test('are the activations that the command line finds in each picture', async () => {
    const layer = 'conv3';
    const model = path.join(repository, 'media/zfnet/zfnet.onnx');
    const found = await Promise.all(
      samples.map((name) => projectTop({ model, image: workspace.file(`photos/${name}`), layer, top: 1 })),
    );
    for (const [i, [strongest]] of found.entries()) {
      await show(layer, strongest!.map);
      const places = card(strongest!.map).getByTestId('place');
      const place = places.and(view().locator(`[aria-label^="${samples[i]}: "]`));
      const [value] = (await place.getAttribute('aria-label'))!.match(/(?<=: )[\d.]+/)!;
      // Said with three digits.
      expect(Number(value)).toBe(Number(strongest!.activation.toPrecision(3)));
    }
  });

  test('open the panel of layers at the unit that was clicked', async () => {
    const { page } = workbench;
    await show('conv5', 0);
    const place = card(0).getByTestId('place').first();
    await place.and(view().locator('[data-status="ok"]')).waitFor();
    const label = (await place.getAttribute('aria-label'))!;
    const [, picture, row, column] = /^(?:more\/)?(\S+): .* at row (\d+), column (\d+)/.exec(label)!;
    await place.click();
    const layers = lastWebview(page);
    await layers.locator('h1').filter({ hasText: picture! }).waitFor();
    await layers.getByTestId('heatmap').waitFor();
    await layers.getByText(`row ${row} column ${column}`, { exact: false }).first().waitFor();
    await screenshot(page, 'top-activations-unit');
  });

  test('are there again at once when the panel is opened again, and scanned again when pictures come', async () => {
    await copyFile(workspace.file('stripes.png'), workspace.file('photos/stripes.png'));
    await find('photos');
    await inPhase('done');
    expect(await view().getByTestId('summary').textContent()).toMatch(/^5 pictures/);
    await view().getByTestId('scan-again').click();
    await view().getByTestId('summary').filter({ hasText: '6 pictures' }).waitFor();
    await view().getByTestId('note').filter({ hasText: ': 1 new, 0 changed, 0 gone.' }).waitFor();
    await screenshot(workbench.page, 'top-activations-scanned-again');
  });

  test('are drawn in every theme', async () => {
    await choose('shown', 'drawn at random');
    await view().locator('[data-testid="place"][data-status="ok"]').nth(20).waitFor();
    for (const theme of ['dark', 'highContrast', 'light'] as const) {
      await switchTheme(workbench, theme);
      await screenshot(workbench.page, `top-activations-${theme}`);
    }
  });

  test('are those of an index of the command line, which is only looked at', async () => {
    const { page } = workbench;
    const index = workspace.file('photos.index');
    await switchback('top', '--images', workspace.file('photos'), '--k', '4', '--out', index);
    const before = await readFile(index);
    const openIndex = async (folder: string) => {
      await runCommand(page, 'View: Close All Editors');
      await view().locator('h1').waitFor({ state: 'detached' });
      await chooseFromContextMenu(page, explorerFile(page, 'photos.index'), 'Open Index of Top Activations');
      // The description of another row may hold the name, too.
      await page.locator(`.quick-input-list .monaco-list-row[aria-label^="${folder}"]`).click();
      await inPhase('done');
    };
    await openIndex('photos');
    expect(await view().getByTestId('summary').textContent()).toMatch(/^[56] pictures; 48 maps/);
    await view().locator('[data-testid="place"][data-status="ok"]').nth(20).waitFor();
    expect(await view().getByTestId('scan-again').isVisible()).toBe(false);
    await screenshot(page, 'top-activations-index');
    await openIndex(path.basename(workspace.folder));
    await view().getByTestId('unread').filter({ hasText: 'choose another folder' }).waitFor();
    await screenshot(page, 'top-activations-moved');
    expect(await readFile(index)).toEqual(before);
  });

  test('cannot be found where there is no picture', async () => {
    await find('empty');
    await view().getByTestId('failure-message').filter({ hasText: 'There is no image in' }).waitFor();
  });

  test('are not looked for twice at once', async () => {
    const index = await eventually(() => indexIn(workbench.server.dataFolder));
    await find('photos');
    await inPhase('done');
    await writeFile(`${index}.scan`, JSON.stringify({ process: process.pid, host: hostname() }));
    await view().getByTestId('scan-again').click();
    await view().getByTestId('failure-message').filter({ hasText: 'Another scan is writing' }).waitFor();
    await rm(`${index}.scan`);
    await view().getByTestId('retry').click();
    await inPhase('done');
    await view().getByTestId('summary').filter({ hasText: '6 pictures' }).waitFor();
  });

  test('begin anew where the model became another one', async () => {
    const { page, server } = workbench;
    await writeFile(workspace.file('own.onnx'), encodeOnnx(zfnet({ width: 1 / 16, classes: 10 })));
    await server.changeSettings({ 'switchback.model': workspace.file('own.onnx') });
    await find('photos');
    await inPhase('done');
    await writeFile(workspace.file('own.onnx'), encodeOnnx(zfnet({ width: 1 / 8, classes: 10 })));
    await view().getByTestId('failure-message').filter({ hasText: 'is for another model' }).waitFor();
    await view().getByTestId('begin-anew').click();
    await inPhase('done');
    await screenshot(page, 'top-activations-anew');
  });
});

/** The one index that was made below a folder. */
async function indexIn(folder: string): Promise<string | undefined> {
  const index = (await readdir(folder, { recursive: true })).find((file) => file.endsWith('.sqlite'));
  return index && path.join(folder, index);
}
