import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PNG } from 'pngjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { saved, type TfjsFiles } from '../support/tfjsModels';
import { zfnet } from '../support/zfnet';
import { accessibilityViolations } from './support/accessibility';
import { filterSheet, layersOf } from './support/cli';
import { contrast, decodeDataUri, largestDifference } from './support/pictures';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  eventually,
  explorerFile,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
  switchTheme,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

describe('a model file', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    await tf.setBackend('cpu');
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const page = () => workbench.page;
  const view = () => webview(page());
  const heading = (layer: string) => view().getByRole('heading', { name: `Filters of ${layer}` });
  const treeRow = (name: string | RegExp) => page().locator('.pane-body').getByRole('treeitem', { name });

  test('shows its layers and the filters that the command line writes', async () => {
    await chooseFromContextMenu(page(), explorerFile(page(), 'model.onnx'), 'Show Filters of Model');
    await heading('conv1').waitFor();
    const expected = await layersOf(workspace.file('model.onnx'));
    const shown = await view()
      .locator('[data-layer]')
      .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['layer']));
    expect(shown).toEqual(expected.map(({ label }) => label));
    const written = await filterSheet(workspace.file('model.onnx'), 'conv1');
    const drawn = await drawnSheet();
    expect(contrast(drawn)).toBeGreaterThan(2);
    expect(largestDifference(drawn, written)).toBe(0);
    await screenshot(page(), 'model-editor');
  });

  test('is gone through by the keyboard', async () => {
    await view().getByTestId('layer-list').focus();
    await page().keyboard.press('ArrowDown');
    await heading('conv2').waitFor();
    await view().getByTestId('filter').filter({ hasText: 'Filter 0 ·' }).waitFor();
    await view().getByTestId('filter-sheet').focus();
    await page().keyboard.press('ArrowRight');
    await view().getByTestId('filter').filter({ hasText: 'Filter 1 ·' }).waitFor();
  });

  test.each(['light', 'dark', 'highContrast'] as const)('is accessible in the %s theme', async (theme) => {
    await switchTheme(workbench, theme);
    expect(await accessibilityViolations(view().locator('body'))).toEqual([]);
    await screenshot(page(), `model-editor-${theme}`);
  });

  test('has its layers in the side bar, where a click shows the filters of one', async () => {
    await switchTheme(workbench, 'light');
    await page().getByRole('tab', { name: 'Switchback' }).click();
    await treeRow('conv5').waitFor();
    await page().getByRole('button', { name: 'Switchback model: model.onnx' }).waitFor();
    await treeRow('conv4').click();
    await heading('conv4').waitFor();
    await screenshot(page(), 'layers-view');
  });

  test('shows the filters of layers that are clicked in the side bar while it is drawn anew', async () => {
    const rows = await Promise.all(['conv3', 'conv5'].map((layer) => treeRow(layer).boundingBox()));
    const bytes = await readFile(workspace.file('model.onnx'));
    for (let round = 0; round < 6; round++) {
      await writeFile(workspace.file('model.onnx'), bytes);
      for (let click = 0; click < 20; click++) {
        const { x, y } = rows[click % 2]!;
        await page().mouse.click(x + 40, y + 8);
        await page().waitForTimeout(20);
      }
    }
    await heading('conv5').waitFor();
    expect(await page().locator('.notification-toast').allInnerTexts()).toEqual([]);
  });

  test('is run on an image that is chosen in the side bar, whose name it then shows', async () => {
    await treeRow('No image yet').click();
    await quickPickRow(page(), 'discs.png').click();
    await treeRow('discs.png').waitFor();
    await treeRow(/^fc7, 512 · \d+ inactive$/).waitFor();
    await screenshot(page(), 'layers-view-image');
  });

  test('has one sentence in its tab while it is removed, and the layer of before when it is back', async () => {
    await runCommand(page(), 'View: Close All Editors');
    await treeRow(/^conv2\b/).click();
    await heading('conv2').waitFor();
    await rename(workspace.file('model.onnx'), workspace.file('away'));
    const sentence = `There is no file ${workspace.file('model.onnx')}.`;
    await view().getByTestId('failure-message').filter({ hasText: sentence }).waitFor();
    await view().getByTestId('layer-list').waitFor({ state: 'hidden' });
    expect(await view().locator('[data-layer]').count()).toBe(0);
    await screenshot(page(), 'model-editor-removed');
    await rename(workspace.file('away'), workspace.file('model.onnx'));
    await heading('conv2').waitFor();
    await view().getByTestId('failure-message').waitFor({ state: 'hidden' });
  });

  test('is read again in the side bar when it is replaced, removed, or back', async () => {
    const replaced = encodeOnnx(zfnet({ width: 1 / 16, classes: 10 }));
    await writeFile(workspace.file('model.onnx'), replaced);
    await treeRow(/^fc7, 256\b/).waitFor();
    await rm(workspace.file('model.onnx'));
    await treeRow(/^model\.onnx, There is no file/).waitFor();
    await writeFile(workspace.file('model.onnx'), replaced);
    await treeRow(/^fc7, 256\b/).waitFor();
  });

  test('of TensorFlow.js shows the filters of its shards, also after one was replaced', async () => {
    const other = await makeWorkspace();
    const model = other.file('web/model.json');
    const [before, after] = [await classifierFiles(1), await classifierFiles(2)];
    await mkdir(path.dirname(model));
    await writeFile(model, JSON.stringify(before.model));
    await writeShards(model, before);
    workbench = await openWorkbench({ folder: other.folder, extension: repository });
    await explorerFile(page(), 'web').click();
    await chooseFromContextMenu(page(), explorerFile(page(), 'model.json'), 'Show Filters of Model');
    await heading('first').waitFor();
    expect(largestDifference(await drawnSheet(), await filterSheet(model, 'first'))).toBe(0);
    await writeShards(model, after);
    const written = await filterSheet(model, 'first');
    await eventually(async () => largestDifference(await drawnSheet(), written) === 0 || undefined);
    await screenshot(page(), 'model-editor-tfjs');
  });

  test('that is broken gets one sentence in its tab', async () => {
    const broken = await makeWorkspace({ model: 'not a model' });
    const other = await openWorkbench({ folder: broken.folder, extension: repository });
    await chooseFromContextMenu(other.page, explorerFile(other.page, 'model.onnx'), 'Show Filters of Model');
    const failure = webview(other.page).locator('.banner [data-testid="failure-message"]');
    await failure.filter({ hasText: 'model.onnx' }).waitFor();
    await screenshot(other.page, 'model-editor-broken');
    await other.close();
  });

  async function drawnSheet(): Promise<PNG> {
    const canvas = view().getByTestId('filter-sheet').locator('canvas');
    const data = await eventually(async () => {
      const uri = await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL('image/png'));
      return uri === '' ? undefined : uri;
    });
    return decodeDataUri(data);
  }
});

/** A convolution over an image, and scores. */
function classifierFiles(seed: number): Promise<TfjsFiles> {
  const { conv2d, flatten, dense } = layers.layers;
  const kernelInitializer = layers.initializers.glorotUniform({ seed });
  const inputShape = [32, 32, 3];
  return saved(
    layers.sequential({
      layers: [
        conv2d({
          name: 'first',
          inputShape,
          filters: 6,
          kernelSize: 5,
          activation: 'relu',
          kernelInitializer,
        }),
        flatten({ name: 'flat' }),
        dense({ name: 'scores', units: 4, activation: 'softmax', kernelInitializer }),
      ],
    }),
  );
}

async function writeShards(model: string, { shards }: TfjsFiles): Promise<void> {
  for (const [shard, bytes] of Object.entries(shards))
    await writeFile(path.join(path.dirname(model), shard), bytes);
}
