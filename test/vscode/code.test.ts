import { writeFile } from 'node:fs/promises';
import type { PNG } from 'pngjs';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { zfnet } from '../support/zfnet';
import { drawnTiles, visualize, type LayerPanel } from './support/layerPanel';
import { filterSheet, projectTop } from './support/cli';
import { clickSlowly, codeLine, hoverOver, hoverPicture, lenses, thumbnails } from './support/codeEditor';
import { cutTile, largestDifference, type TilePlace } from './support/pictures';
import type { Workbench } from './support/workbench';
import {
  besideEachOther,
  eventually,
  explorerFile,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { notebookOf, zfnetCode } from './support/zfnetCode';

/** The fourth line says another kernel than the model has. */
const code = zfnetCode.replace('Conv2d(48, 48, kernel_size=3', 'Conv2d(48, 48, kernel_size=5');

/** A part that no model has, and one that is being typed. */
const unfinished = `
class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(128, 100, 1)

class Broken(nn.Module:
    def __init__(self)
`;

/** The third to the fifth layer made by one line. */
const repeated = zfnetCode
  .split('\n')
  .flatMap((line) =>
    line.includes('conv3')
      ? [
          '        for i, (before, after) in enumerate([(32, 48), (48, 48), (48, 32)]):',
          '            self.add_module(f"conv{i + 3}", nn.Conv2d(before, after, kernel_size=3, padding=1))',
        ]
      : /conv[45]/.test(line)
        ? []
        : [line],
  )
  .join('\n');

describe('code and its model', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;
  let panel: LayerPanel;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeFile(workspace.file('net.py'), code);
    await writeFile(workspace.file('broken.py'), `${code}${unfinished}`);
    await writeFile(workspace.file('cells.ipynb'), notebookOf(code));
    await writeFile(workspace.file('repeated.py'), repeated);
    // Two other models: which one a file defines is told by its layers.
    for (const [name, width] of [
      ['wide', 1 / 4],
      ['narrow', 1 / 16],
    ] as const) {
      await writeFile(
        workspace.file(`${name}.onnx`),
        encodeOnnx(zfnet({ width, classes: 10, inputSize: 128 })),
      );
    }
    workbench = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      settings: { 'switchback.model': workspace.file('model.onnx') },
    });
    page = workbench.page;
    await open(page, 'net.py');
  });

  test('a line above each definition says what the loaded layer is', async () => {
    await eventually(async () => {
      const texts = await lenses(page).allInnerTexts();
      return texts.some((text) => text.includes('12 filters · RF 7')) ? true : undefined;
    });
    const texts = await lenses(page).allInnerTexts();
    expect(texts.filter((text) => text.includes('filters'))).toHaveLength(5);
    expect(texts.filter((text) => text.includes('units'))).toHaveLength(3);
    expect(texts.find((text) => text.includes('32 filters · RF 27'))).toBeDefined();
    await screenshot(page, 'code');
  });

  test('a hover shows the filters of the first layer as the command line does', async () => {
    const hover = await hoverOver(page, 'self.conv1', 'conv1');
    expect(
      largestDifference(
        await hoverPicture(hover),
        await filterSheet(workspace.file('model.onnx'), 'conv1', 7),
      ),
    ).toBe(0);
    await hover.getByText('3×224×224 → 12×110×110').waitFor();
    await hover.getByText('1,776 parameters · receptive field 7×7 · stride 2×2').waitFor();
    await hover.getByText('12 filters, 0 dead, 0 dominating').waitFor();
    await hover.getByText('Matched by name.').waitFor();
    // A hover is cut off below its picture.
    const paragraphs = await hover.locator('p').allTextContents();
    expect(paragraphs.indexOf('')).toBeGreaterThan(paragraphs.findIndex((text) => text.includes('→')));
    await expectWhole(hover);
    await screenshot(page, 'hover');
  });

  test('a hover shows the filters of a deeper layer as the command line does', async () => {
    const hover = await hoverOver(page, 'self.conv3', 'conv3');
    expect(
      largestDifference(
        await hoverPicture(hover),
        await filterSheet(workspace.file('model.onnx'), 'conv3', 13),
      ),
    ).toBe(0);
  });

  test('every convolution has a picture in the margin beside its line', async () => {
    const pictures = await eventually(async () => {
      const found = await thumbnails(page);
      return found.length >= 5 ? found : undefined;
    });
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(pictures.every((image) => image.startsWith('url("data:image/png;base64,'))).toBe(true);
  });

  test('a hover shows the projections of a deeper layer once the panel has them', async () => {
    panel = await visualize(page, 'discs.png');
    await drawnTiles(panel, 'conv2');
    const hover = await hoverOver(
      page,
      'self.conv2',
      'conv2',
      'Projections of the strongest maps in discs.png',
    );
    const shown = await hoverPicture(hover);
    const image = workspace.file('discs.png');
    const tiles = await projectTop({ model: workspace.file('model.onnx'), image, layer: 'conv2', top: 9 });
    tiles.forEach(({ picture: tile }, i) => {
      const place = tilePlace(shown, i, tile!);
      expect(largestDifference(cutTile(shown, place, tile!), tile!)).toBe(0);
    });
    // VS Code writes the spaces of plain text as unbreakable ones.
    await hover.getByText(/\d+\smaps\sinactive\sin\sdiscs.png$/).waitFor();
    await expectWhole(hover);
    await screenshot(page, 'hover-projections');
  });

  test('a hover says where code and model differ', async () => {
    const hover = await hoverOver(page, 'self.conv4', 'conv4');
    const sentence = hover.getByText(
      'This line says kernel 5×5; the loaded model has kernel 3×3: retrain it or export it again.',
    );
    // It begins beside its sign, as its lines break at spaces.
    expect(await sentence.textContent()).toMatch(/^⚠ This line says kernel 5×5;/);
  });

  test('a click above a definition scrolls the panel to its layer', async () => {
    await lensOf(page, 'conv5').click();
    await atTop(panel, 'conv5');
  });

  test('the cursor in a definition scrolls the panel to its layer', async () => {
    await codeLine(page, 'self.conv2').getByText('Conv2d').click();
    await atTop(panel, 'conv2');
  });

  test('the panel leads to the line of a layer', async () => {
    await panel.section('conv3').locator('.layer-op').click();
    await page.locator('.view-overlays [class*="TextEditorDecorationType"]').first().waitFor();
    await page.locator('.statusbar-item', { hasText: 'Ln 9, Col 22' }).waitFor();
  });

  test('a pin keeps a preview in a tab beside the code, which leads to the panel', async () => {
    const hover = await hoverOver(page, 'self.conv2', 'conv2', 'Projections');
    await clickSlowly(page, hover.getByText('Pin', { exact: true }));
    await page.getByRole('tab', { name: 'Pinned Layers' }).waitFor();
    await codeLine(page, 'self.conv1').getByText('Conv2d').click();
    await runCommand(page, 'Pin Layer at Cursor');
    const pins = webview(page);
    await pins.getByRole('heading', { name: 'conv1' }).waitFor();
    expect(await pins.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['conv1', 'conv2']);
    expect(await pins.getByRole('img').nth(0).getAttribute('alt')).toBe('Filters');
    await screenshot(page, 'pinned');
    await pins.getByRole('link', { name: 'Open in Panel' }).nth(1).click();
    await atTop(panel, 'conv2');
  });

  test('the occlusion of a layer is one click above its line', async () => {
    await lenses(page).getByText('Occlusion').nth(4).click();
    const view = webview(page);
    await view.locator('.map-views figcaption', { hasText: /^Activity of conv5 map \d+$/ }).waitFor();
    await screenshot(page, 'occlusion-of-layer');
  });

  test('lines above and pictures beside definitions can be turned off', async () => {
    await workbench.server.changeSettings({
      'switchback.codeLens': false,
      'switchback.gutterThumbnails': false,
    });
    await lenses(page).first().waitFor({ state: 'detached' });
    await eventually(async () => ((await thumbnails(page)).length === 0 ? true : undefined));
    await workbench.server.changeSettings({ 'switchback.codeLens': true });
    await lensOf(page, 'conv1').waitFor();
  });

  test('broken code keeps what is understood', async () => {
    await open(page, 'broken.py');
    await lensOf(page, 'conv1').waitFor();
  });

  test('a hover on a line whose layer the model lacks says so', async () => {
    const sentence = 'Not in the loaded model: model.onnx has no layer that this line makes.';
    await eventually(async () => {
      await page.mouse.move(5, 5);
      await codeLine(page, 'self.head').getByText('Conv2d').hover();
      await page.waitForTimeout(1500);
      return (await page.locator('.monaco-hover:visible').getByText(sentence).count()) > 0 ? true : undefined;
    });
    await screenshot(page, 'hover-absent');
  });

  test('a definition of several layers says so above its line and in its hover, and leads to each', async () => {
    await open(page, 'repeated.py');
    await lenses(page).filter({ hasText: '3 layers · 32–48 filters · RF 75–139' }).first().waitFor();
    const hover = await hoverOver(page, 'self.add_module', 'conv3', /^This\sline\smakes\s3\slayers:/);
    await screenshot(page, 'hover-several-layers');
    await clickSlowly(page, hover.getByText('conv5', { exact: true }));
    await atTop(panel, 'conv5');
  });

  test('a cell of a notebook has lenses of its own', async () => {
    await open(page, 'cells.ipynb');
    await page
      .locator('.notebookOverlay .codelens-decoration a', { hasText: '12 filters · RF 7' })
      .first()
      .waitFor();
  });

  test('a panel opens beside code that defines its model, which is shown', async () => {
    await runCommand(page, 'View: Close All Editor Groups');
    await explorerFile(page, 'notes.txt').dblclick();
    await visualize(page, 'discs.png');
    await besideEachOther(page, /net\.py|broken\.py|repeated\.py|cells\.ipynb/, 'discs.png');
  });

  test('what activates a layer most is one click above its line, in a folder that is asked for', async () => {
    await runCommand(page, 'View: Close All Editor Groups');
    await open(page, 'net.py');
    await lenses(page).getByText('Top activations…').nth(2).click();
    await quickPickRow(page, 'workspace').click();
    const cards = webview(page).getByTestId('map-card');
    await cards.getByRole('group', { name: 'conv3' }).first().waitFor({ timeout: 60_000 });
    await besideEachOther(page, 'net.py', 'Top activations');
    await lenses(page).getByText('Top activations', { exact: true }).nth(1).click();
    await cards.getByRole('group', { name: 'conv2' }).first().waitFor();
    expect(await page.getByRole('tab', { name: /^Top activations/ }).count()).toBe(1);
  });
});

async function open(page: Page, name: string): Promise<void> {
  await explorerFile(page, name).dblclick();
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

/** The line above a definition, which starts with the filters. */
function lensOf(page: Page, layer: string): Locator {
  const texts: Readonly<Record<string, string>> = {
    conv1: '12 filters · RF 7',
    conv5: '32 filters · RF 139',
  };
  return lenses(page).filter({ hasText: texts[layer]! }).first();
}

/** VS Code cuts a hover off where it becomes too high. */
async function expectWhole(hover: Locator): Promise<void> {
  const [frame, picture] = [await hover.boundingBox(), await hover.locator('img').boundingBox()];
  expect(picture!.y + picture!.height).toBeLessThan(frame!.y + frame!.height);
}

/** Where a tile lies in a sheet of five columns. */
function tilePlace(sheet: PNG, index: number, { width, height }: PNG): TilePlace {
  const gap = 2;
  const zoom = (sheet.width - 4 * gap) / 5 / width;
  return {
    left: (index % 5) * (width * zoom + gap),
    top: Math.floor(index / 5) * (height * zoom + gap),
    zoom,
  };
}

/** Waits until a layer is what the panel shows first. */
async function atTop(panel: LayerPanel, layer: string): Promise<void> {
  await eventually(async () => {
    const offset = await panel.section(layer).evaluate((section) => section.getBoundingClientRect().top);
    return Math.abs(offset) < 80 ? true : undefined;
  });
}
