import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { switchback } from './support/cli';
import type { Workbench } from './support/workbench';
import {
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

interface Result {
  readonly ratings: readonly { readonly layer: string; readonly accuracy: number }[];
}

describe('features of a folder of class folders', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    const samples = ['astronaut.jpg', 'cat.jpg', 'coffee.jpg', 'rocket.jpg'];
    for (const [name, files] of Object.entries({ a: samples.slice(0, 2), b: samples.slice(2) })) {
      await mkdir(workspace.file(`classes/${name}`), { recursive: true });
      for (const file of files)
        await copyFile(
          path.join(repository, 'media/samples', file),
          workspace.file(`classes/${name}/${file}`),
        );
    }
    await mkdir(workspace.file('empty'));
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  const view = () => webview(workbench.page);
  const inPhase = (phase: string) => view().locator(`.progress[data-phase="${phase}"]`).waitFor({ timeout: 60_000 }); // prettier-ignore

  async function open(folder: string, phase = 'waiting') {
    const { page } = workbench;
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    await chooseFromContextMenu(page, explorerFile(page, folder), 'What Are These Features Worth?');
    await view().getByRole('heading', { name: 'What are these features worth?' }).waitFor();
    await inPhase(phase);
  }

  test('are rated as the command line rates them', async () => {
    await open('classes');
    for (const [name, value] of [
      ['train', '1'],
      ['seed', '7'],
    ] as const) {
      const field = view().getByTestId(name).locator('input');
      await field.fill(value);
      await field.press('Enter');
    }
    await view().getByTestId('start').click();
    await inPhase('done');
    const out = await mkdtemp(path.join(tmpdir(), 'switchback-features-'));
    const what = ['--model', workspace.file('model.onnx'), '--images', workspace.file('classes')];
    await switchback('features', ...what, '--train', '1', '--seed', '7', '--out', out);
    const { ratings } = JSON.parse(await readFile(path.join(out, 'result.json'), 'utf8')) as Result;
    await rm(out, { recursive: true });
    const layers = [...new Set(ratings.map(({ layer }) => layer))];
    const rows = await view().getByTestId('ratings').locator('tbody tr').allTextContents();
    expect(rows).toHaveLength(2 * layers.length);
    for (const [i, layer] of layers.entries()) {
      // Both classifiers of a layer stand together, softmax first.
      const own = ratings.filter((rating) => rating.layer === layer);
      const softmax = own.filter((_, at) => at % 2 === 0).map(({ accuracy }) => accuracy);
      const mean = softmax.reduce((sum, accuracy) => sum + accuracy, 0) / softmax.length;
      expect(rows[2 * i]).toMatch(new RegExp(`^${layer}softmax1${(100 * mean).toFixed(1)} ±`));
    }
    await screenshot(workbench.page, 'features');
  });

  test('are there again with the settings when the panel is opened once more', async () => {
    await open('classes', 'done');
    expect(await view().getByTestId('seed').locator('input').inputValue()).toBe('7');
    await view().getByTestId('ratings').waitFor();
  });

  test('are none where there are no classes, which a sentence says', async () => {
    await open('empty');
    await view().getByTestId('start').click();
    await view().getByTestId('failure-message').filter({ hasText: 'empty' }).waitFor();
  });
});
