import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { projectTop } from './support/cli';
import { drawnTiles, layerPanel, menuEntry } from './support/layerPanel';
import { contrast, largestDifference } from './support/pictures';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { repository } from '../../scripts/vscode/cache';
import { gaussians, seededRandom } from '../support/random';
import { saved, writeTfjs } from '../support/tfjsModels';

/** Files of other frameworks, by their first bytes. */
const foreign = [
  ['weights.h5', '\x89HDF\r\n\x1a\n', 'tensorflowjs_converter --input_format=keras'],
  ['whole.keras', 'PK\x03\x04'.padEnd(30, '\0') + 'metadata.json', 'python -m tf2onnx.convert'],
  ['state.pth', 'PK\x03\x04'.padEnd(30, '\0') + 'state/data.pkl', 'torch.onnx.export('],
  ['phone.tflite', '\x1c\0\0\0TFL3', 'python -m tf2onnx.convert --tflite'],
] as const;

describe('beside a model in ONNX', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeTfjsModel(workspace.file('web'));
    for (const [name, bytes] of foreign) await writeFile(workspace.file(name), Buffer.from(bytes, 'latin1'));
    const settings = { 'switchback.runtime': 'tensorflow.js' };
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository, settings });
  });

  const page = () => workbench.page;
  const model = () => workspace.file('web/model.json');

  test('a model.json is offered for a picture, and runs where the settings want it to', async () => {
    await chooseFromContextMenu(page(), explorerFile(page(), 'discs.png'), menuEntry);
    await quickPickRow(page(), 'model.json').click();
    const panel = layerPanel(page());
    await panel.section('scores').waitFor();
    const labels = await panel.sections.evaluateAll((sections) =>
      sections.map((section) => (section as HTMLElement).dataset['layer']),
    );
    expect(labels).toEqual(['conv1', 'conv2', 'scores']);
    await panel.view.getByText(/^tensorflow\.js [\d.]+ \((tensorflow|wasm)\)/).first().waitFor(); // prettier-ignore
  });

  test('its projections are those that ONNX Runtime makes', async () => {
    const expected = await projectTop({ model: model(), image: workspace.file('discs.png'), layer: 'conv2', top: 9 }); // prettier-ignore
    const shown = await drawnTiles(layerPanel(page()), 'conv2');
    const active = expected.filter(({ status }) => status === 'ok');
    expect(active.length).toBeGreaterThan(3);
    expect(shown.map(({ map }) => map)).toEqual(active.map(({ map }) => map));
    shown.forEach(({ map, projection }, i) => {
      expect(contrast(projection), `map ${map}`).toBeGreaterThan(2);
      expect(largestDifference(projection, active[i]!.picture!), `map ${map}`).toBeLessThanOrEqual(1);
    });
    await screenshot(page(), 'tfjs');
  });

  test('it is one sentence while a file of its weights is away', async () => {
    const shard = workspace.file('web/group1-shard1of1.bin');
    await runCommand(page(), 'View: Close All Editors');
    await rename(shard, `${shard}.away`);
    await explorerFile(page(), 'web').click();
    await chooseFromContextMenu(page(), explorerFile(page(), 'model.json'), 'Show Filters of Model');
    await failure().filter({ hasText: 'group1-shard1of1.bin' }).waitFor();
    await screenshot(page(), 'tfjs-missing-shard');
    await rename(`${shard}.away`, shard);
    await webview(page()).getByTestId('retry').click();
    await webview(page()).getByRole('heading', { name: 'Filters of conv1' }).waitFor();
  });

  test.each(foreign)('%s says by which command it is exported', async (name, _bytes, command) => {
    await runCommand(page(), 'View: Close All Editors');
    await chooseFromContextMenu(page(), explorerFile(page(), name), 'Show Filters of Model');
    await failure().filter({ hasText: name }).waitFor();
    await webview(page()).locator('.failure-hint').filter({ hasText: command }).waitFor();
    await screenshot(page(), `foreign-${path.extname(name).slice(1)}`);
  });

  const failure = () => webview(page()).locator('.banner [data-testid="failure-message"]');
});

/** A classifier as TensorFlow.js saves it, with seeded weights. */
async function writeTfjsModel(folder: string): Promise<void> {
  const { layers: l } = layers;
  await tf.setBackend('cpu');
  const model = layers.sequential({
    layers: [
      l.conv2d({ name: 'conv1', inputShape: [64, 64, 3], filters: 12, kernelSize: 5, activation: 'relu' }),
      l.maxPooling2d({ name: 'pool1', poolSize: 3, strides: 2, padding: 'same' }),
      l.conv2d({ name: 'conv2', filters: 16, kernelSize: 3, activation: 'relu', padding: 'same' }),
      l.maxPooling2d({ name: 'pool2', poolSize: 2 }),
      l.flatten({ name: 'flat' }),
      l.dense({ name: 'scores', units: 4, activation: 'softmax' }),
    ],
  });
  const random = seededRandom(4);
  model.setWeights(
    model.getWeights().map(({ shape, size }) => tf.tensor(gaussians(random, size, { std: 0.2 }), shape)),
  );
  writeTfjs(folder, await saved(model));
}
