import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PNG } from 'pngjs';
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { clickSlowly, hoverOver, hoverPicture, lenses } from './support/codeEditor';
import { cutTile, decodeDataUri, largestDifference, type TilePlace } from './support/pictures';
import type { Workbench } from './support/workbench';
import {
  besideEachOther,
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import { makeWorkspace } from './support/workspace';
import { zfnetCode } from './support/zfnetCode';

const samples = ['astronaut.jpg', 'cat.jpg', 'coffee.jpg', 'rocket.jpg'];
const caption = /^Most\sactive\sin\sphotos:\smaps\s(\d+),\s(\d+)$/;

describe('code of a model that was scanned', () => {
  let workbench: Workbench;
  let shown: PNG;
  let maps: readonly number[];

  beforeAll(async () => {
    workbench = await openScanned();
  });

  const view = () => webview(workbench.page);
  const card = (map: number) => view().locator(`[data-testid="map-card"][data-map="${map}"]`);
  const ofLayer = (layer: string) =>
    view().getByTestId('map-card').getByRole('group', { name: layer }).first();

  test('a hover shows what activates the strongest maps of a deeper layer most', async () => {
    const hover = await hoverOver(workbench.page, 'self.conv2', 'conv2', caption);
    const [, ...named] = caption.exec((await hover.getByText(caption).textContent())!)!;
    maps = named.map(Number);
    shown = await hoverPicture(hover);
    await screenshot(workbench.page, 'hover-top-activations');
  });

  test('a hover shows the filters of the first layer, whatever was scanned', async () => {
    await hoverOver(workbench.page, 'self.conv1', 'conv1', 'Filters', 'Top Activations');
  });

  test('a hover holds its pictures and links to commands, and leads to no file', async () => {
    const hover = await hoverOver(workbench.page, 'self.conv2', 'conv2', caption);
    const addresses = (selector: string, attribute: string) =>
      hover
        .locator(selector)
        .evaluateAll((found, name) => found.map((each) => each.getAttribute(name) ?? ''), attribute);
    for (const source of await addresses('img', 'src'))
      expect(source).toMatch(/^data:image\/(png|webp);base64,/);
    const links = await addresses('a', 'data-href');
    expect(links.length).toBeGreaterThanOrEqual(3);
    for (const link of links) expect(link).toMatch(/^command:switchback\.\w+\?/);
  });

  test('the link in a hover opens the index at the layer, with the same patches', async () => {
    const { page } = workbench;
    const hover = await hoverOver(page, 'self.conv2', 'conv2', caption);
    await clickSlowly(page, hover.getByText('Top Activations', { exact: true }));
    await ofLayer('conv2').waitFor();
    await besideEachOther(page, 'net.py', 'Top activations');
    // The hover stays over both as long as the pointer is in it.
    await page.mouse.move(5, 5);
    await view().getByTestId('shown').click();
    await view().getByTestId('shown').getByRole('option', { name: 'one', exact: true }).click();
    for (const [column, map] of maps.entries()) {
      const field = view().getByTestId('map').locator('input');
      await field.fill(String(map));
      await field.press('Enter');
      const patches = card(map).locator('.place[data-status="ok"] canvas[data-testid="patch"]');
      await patches.nth(samples.length - 1).waitFor();
      for (let place = 0; place < samples.length; place++) {
        const patch = await pixelsOf(patches.nth(place));
        expect(
          largestDifference(cutTile(shown, tilePlace(shown, { column, place }, patch), patch), patch),
        ).toBe(0);
      }
    }
    await screenshot(page, 'hover-top-activations-opened');
  });

  test('the line above a definition opens the index at the layer', async () => {
    const { page } = workbench;
    await lenses(page).getByText('Top activations').nth(2).click();
    await ofLayer('conv3').waitFor();
  });
});

test('a hover shows what activates a layer most also where lines above definitions are off', async () => {
  const { page } = await openScanned({ 'editor.codeLens': false });
  await hoverOver(page, 'self.conv2', 'conv2', caption);
  expect(await lenses(page).count()).toBe(0);
});

/** Code beside a model that four photographs were run through. */
async function openScanned(settings: Readonly<Record<string, unknown>> = {}): Promise<Workbench> {
  const workspace = await makeWorkspace();
  await writeFile(workspace.file('net.py'), zfnetCode);
  await mkdir(workspace.file('photos'));
  for (const name of samples)
    await copyFile(path.join(repository, 'media/samples', name), workspace.file(`photos/${name}`));
  const workbench = await openWorkbench({
    folder: workspace.folder,
    extension: repository,
    settings: { 'switchback.model': workspace.file('model.onnx'), ...settings },
  });
  const { page } = workbench;
  await chooseFromContextMenu(page, explorerFile(page, 'photos'), 'Find Top Activations');
  await webview(page).locator('.progress[data-phase="done"]').waitFor({ timeout: 60_000 });
  await runCommand(page, 'View: Close All Editors');
  await explorerFile(page, 'net.py').dblclick();
  await page.locator('.tab.active', { hasText: 'net.py' }).waitFor();
  return workbench;
}

async function pixelsOf(canvas: Locator): Promise<PNG> {
  return decodeDataUri(await canvas.evaluate((drawn) => (drawn as HTMLCanvasElement).toDataURL('image/png')));
}

/** Where the picture of a place lies, of one of two maps side by side, three places in a row. */
function tilePlace(
  sheet: PNG,
  { column, place }: { readonly column: number; readonly place: number },
  { width, height }: PNG,
): TilePlace {
  const [gap, between] = [2, 8];
  const zoom = (sheet.width - 4 * gap - between) / 6 / width;
  const left = column * (3 * width * zoom + 2 * gap + between) + (place % 3) * (width * zoom + gap);
  return { left, top: Math.floor(place / 3) * (height * zoom + gap), zoom };
}
