import { setBackend } from '@tensorflow/tfjs-core';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { number } from '../../src/core/report/numbers';
import { classifier, saved, writeTfjs } from '../support/tfjsModels';
import { switchback } from './support/cli';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  explorerFile,
  lastWebview,
  openWorkbench,
  quickPickRow,
  runCommand,
  screenshot,
  switchTheme,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

const checkpoints = path.join(repository, 'media/zfnet/checkpoints');
const epochs = ['01', '10', '64'];

interface Unit {
  readonly epoch: number;
  readonly layer: string;
  readonly map: number;
  readonly image: string | null;
  readonly activation: number;
}

describe('checkpoints of a training run', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    const copy = async (name: string, folder: string) =>
      copyFile(path.join(checkpoints, name), workspace.file(`${folder}/${name}`));
    for (const folder of ['run', 'one', 'mixed', 'broken']) await mkdir(workspace.file(folder));
    for (const epoch of epochs)
      for (const kind of ['onnx', 'switchback.json']) await copy(`epoch-${epoch}.${kind}`, 'run');
    await copyFile(path.join(repository, 'media/samples/cat.jpg'), workspace.file('cat.jpg'));
    await setBackend('cpu');
    for (const epoch of [1, 2])
      writeTfjs(workspace.file(`web/epoch-${epoch}`), await saved(classifier(epoch)));
    for (const folder of ['one', 'mixed', 'broken']) await copy('epoch-01.onnx', folder);
    await copyFile(workspace.file('model.onnx'), workspace.file('mixed/other.onnx'));
    await writeFile(workspace.file('broken/epoch-02.onnx'), 'no model');
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const view = () => webview(workbench.page);
  const inPhase = (phase: string) => view().locator(`.progress[data-phase="${phase}"]`).waitFor({ timeout: 60_000 }); // prettier-ignore
  const cells = () => view().locator('[data-testid="cell"][data-status="ok"]');

  async function compare(folder: string) {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    await chooseFromContextMenu(page, explorerFile(page, folder), 'Compare Checkpoints');
    await quickPickRow(page, path.basename(workspace.folder)).click();
    await view().getByRole('heading', { name: 'Evolution of features' }).waitFor();
  }

  test('are compared from the Explorer as the command line compares them', async () => {
    await compare('run');
    await inPhase('done');
    expect(await view().getByTestId('plan').textContent()).toBe('3 models, 3 pictures');
    const [models, images] = [workspace.file('run'), workspace.folder];
    const out = await mkdtemp(path.join(tmpdir(), 'switchback-evolution-'));
    await switchback('evolution', '--models', models, '--images', images, '--maps', '6', '--out', out); // prettier-ignore
    const { units } = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8')) as { units: Unit[] };
    await rm(out, { recursive: true });
    const told = await view()
      .getByTestId('cell')
      .evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label') ?? ''));
    const layers = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'];
    const order = ({ epoch, layer, map }: Unit) => 1e6 * layers.indexOf(layer) + 1e3 * map + epoch;
    const expected = units
      .sort((a, b) => order(a) - order(b))
      .map(
        ({ epoch, map, image, activation }) =>
        image === null ? `map ${map}, epoch ${epoch}: inactive` : `map ${map}, epoch ${epoch}: ${number(activation)} in ${image}`, // prettier-ignore
      );
    expect(told.map((text) => text.replace(', another picture than before', ''))).toEqual(expected);
    await view().getByTestId('settled').filter({ hasText: 'conv1 from epoch 10' }).waitFor();
    await screenshot(workbench.page, 'evolution');
  });

  test('open in the panel of layers at the unit that was clicked', async () => {
    const { page } = workbench;
    const label = (await cells().first().getAttribute('aria-label'))!;
    const [, picture] = / in ([\w.]+)/.exec(label)!;
    await cells().first().click();
    const layers = lastWebview(page);
    await layers.locator('h1').filter({ hasText: picture! }).waitFor();
    await layers.getByTestId('heatmap').waitFor();
  });

  test('are there again at once when the panel is opened again, in every theme', async () => {
    await compare('run');
    await inPhase('done');
    await view().getByTestId('curves').locator('svg').first().waitFor();
    for (const theme of ['dark', 'highContrast', 'light'] as const) {
      await switchTheme(workbench, theme);
      await screenshot(workbench.page, `evolution-${theme}`);
    }
  });

  test('of TensorFlow.js are compared and open as well', async () => {
    const { page } = workbench;
    await compare('web');
    await inPhase('done');
    expect(await view().getByTestId('plan').textContent()).toBe('2 models, 3 pictures');
    await screenshot(page, 'evolution-web');
    await cells().first().click();
    await lastWebview(page).getByTestId('heatmap').waitFor();
  });

  test.each([
    ['one', 'There is one model in'],
    ['mixed', 'is another network than'],
    ['broken', 'epoch-02.onnx'],
  ])('of the folder %s cannot be compared, which a sentence says', async (folder, sentence) => {
    await compare(folder);
    await view().getByTestId('failure-message').filter({ hasText: sentence }).waitFor();
    await screenshot(workbench.page, `evolution-${folder}`);
  });
});
