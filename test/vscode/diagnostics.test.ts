import { writeFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { zfnet } from '../support/zfnet';
import { lenses } from './support/codeEditor';
import { visualize } from './support/layerPanel';
import { problem, takeFix } from './support/problems';
import type { Workbench } from './support/workbench';
import { eventually, explorerFile, openWorkbench, runCommand, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';
import { notebookOf, wrongKernel } from './support/zfnetCode';

/** The last layer is defined nowhere; the first says another kernel than the model has. */
const code = wrongKernel.replace(/ +self\.fc8.*\n/, '');

describe('what is found about a model', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;

  beforeAll(async () => {
    workspace = await makeWorkspace({ model: spoiltZfnet() });
    await writeFile(workspace.file('net.py'), code);
    await writeFile(workspace.file('cells.ipynb'), notebookOf(code));
    workbench = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      // The hover of a row covers the rows around it, and takes their clicks.
      settings: { 'workbench.hover.delay': 600_000 },
    });
    page = workbench.page;
    await explorerFile(page, 'net.py').dblclick();
    await runCommand(page, 'Problems: Focus on Problems View');
  });

  test('is in the Problems panel, with numbers and a reason, at the line that defines the layer', async () => {
    const dead = problem(page, '2 of 48 filters (4, 5) of conv3 are dead');
    await dead.getByText('[Ln 9, Col 22]').waitFor();
    await problem(page, 'A filter without weights sees nothing.').waitFor();
    const dominating = problem(page, 'Filter 7 of conv4 dominates: its RMS of 2.7 is 39.6 times the median');
    await dominating.getByText('[Ln 10, Col 22]').waitFor();
    await problem(page, '1 of 32 filters (9) of conv5 repeats another: 3 = 9.').waitFor();
    await lenses(page).filter({ hasText: '48 filters · RF 75 · 2 dead' }).first().waitFor();
    await screenshot(page, 'problems');
  });

  test('is at the file of the model where no line defines the layer', async () => {
    await page
      .locator('.markers-panel')
      .getByRole('treeitem', { name: /^1 problem.* model\.onnx/ })
      .waitFor();
    await problem(page, 'The model ends in a softmax behind fc8').waitFor();
  });

  test('leads to the page that explains it', async () => {
    await problem(page, 'of conv3 are dead').getByText('dead-filters').click();
    await page.locator('.tab', { hasText: 'Preview findings.md' }).waitFor();
    await runCommand(page, 'View: Close Editor');
    await page.locator('.tab.active', { hasText: 'net.py' }).waitFor();
  });

  test('is said once where code and model differ: by the problem where it is shown, else by the hover', async () => {
    const sentence = 'This line says kernel 11×11';
    await expectSaidOnce(page, '11', sentence);
    await expectSaidOnce(page, 'Conv2d', sentence);
    await workbench.server.changeSettings({ 'switchback.diagnostics.enabled': false });
    await problem(page, sentence).waitFor({ state: 'detached' });
    await expectSaidOnce(page, '11', sentence);
    await workbench.server.changeSettings({ 'switchback.diagnostics.enabled': true });
    await problem(page, sentence).waitFor();
  });

  test('tells where code and model differ, and a quick fix makes the code say what the model has', async () => {
    const mismatch = problem(
      page,
      'This line says kernel 11×11; the loaded model has kernel 7×7: retrain it or export it again.',
    );
    await mismatch.getByText('[Ln 7, Col 51]').waitFor();
    await takeFix(page, mismatch, 'Change 11 to 7, and the padding from 3 to 1');
    await line(page, 'conv1').getByText('kernel_size').waitFor();
    await eventually(
      async () =>
        (await text(line(page, 'conv1'))).includes('kernel_size=7, stride=2, padding=1') || undefined,
    );
    await mismatch.waitFor({ state: 'detached' });
  });

  test('is silenced on a line by a comment that a quick fix writes', async () => {
    const dead = problem(page, 'of conv3 are dead');
    await takeFix(page, dead, 'Silence dead-filters on this line');
    await dead.waitFor({ state: 'detached' });
    expect(await text(line(page, 'conv3'))).toMatch(/padding=1\) {2}# switchback-ignore: dead-filters$/);
  });

  test('is silenced everywhere by a setting that a quick fix writes', async () => {
    const duplicate = problem(page, 'of conv5 repeats another');
    await takeFix(page, duplicate, 'Silence duplicate-filters in the settings');
    await duplicate.waitFor({ state: 'detached' });
    await problem(page, 'Filter 7 of conv4 dominates').waitFor();
  });

  test('tells which maps no current image activates, as long as a panel shows the model', async () => {
    await visualize(page, 'discs.png');
    const inactive = problem(page, /\d+ of 48 maps \(.*\) of conv3 are not active on the current image/);
    await inactive.getByText('[Ln 9, Col 22]').waitFor();
    await page.locator('.tab', { hasText: 'discs.png' }).locator('.codicon-close').click();
    await inactive.waitFor({ state: 'detached' });
  });

  test('disappears with the code, and by the setting', async () => {
    await workbench.server.changeSettings({ 'switchback.diagnostics.enabled': false });
    await problem(page, 'dominates').waitFor({ state: 'detached' });
    await workbench.server.changeSettings({ 'switchback.diagnostics.enabled': true });
    await problem(page, 'dominates').waitFor();
    await page.locator('.tab', { hasText: 'net.py' }).click();
    await runCommand(page, 'File: Revert File');
    await runCommand(page, 'View: Close Editor');
    await page.getByText('No problems have been detected in the workspace.').waitFor();
  });

  test('is at the line of a notebook’s cell', async () => {
    await explorerFile(page, 'cells.ipynb').dblclick();
    await problem(page, 'This line says kernel 11×11; the loaded model has kernel 7×7')
      .getByText('[Ln 4, Col 51]')
      .waitFor();
    await page
      .locator('.markers-panel')
      .getByRole('treeitem', { name: /cells\.ipynb/ })
      .first()
      .waitFor();
  });
});

/** Two dead filters, one that dominates, one that stands twice; and biases that no image gets over. */
function spoiltZfnet(): Uint8Array {
  const graph = zfnet({ width: 1 / 8, classes: 10 });
  const parameters = (layer: string) => {
    const { inputs } = graph.nodes.find(({ name }) => name === layer)!;
    return inputs.slice(1).map((input) => graph.constants.get(input)!.data as Float32Array);
  };
  const [conv3, bias3] = parameters('conv3');
  conv3!.fill(0, 4 * 32 * 9, 6 * 32 * 9);
  bias3!.fill(-1e6, 4, 6);
  const [conv4] = parameters('conv4');
  for (let i = 7 * 48 * 9; i < 8 * 48 * 9; i++) conv4![i]! *= 40;
  const [conv5] = parameters('conv5');
  conv5!.copyWithin(9 * 48 * 9, 3 * 48 * 9, 4 * 48 * 9);
  return encodeOnnx(graph);
}

/** What a hover over a word of the first layer's line says. */
async function expectSaidOnce(page: Page, word: string, sentence: string): Promise<void> {
  const hover = page.locator('.monaco-hover:visible').filter({ hasText: 'Matched by name.' });
  const said = await eventually(async () => {
    await page.mouse.move(5, 5);
    await line(page, 'conv1').getByText(word).first().hover();
    await page.waitForTimeout(1500);
    return (await hover.count()) > 0 ? hover.first().innerText() : undefined;
  });
  await screenshot(page, `hover-mismatch-${word}`);
  expect(said.replaceAll('\u00a0', ' ').split(sentence)).toHaveLength(2);
}

function line(page: Page, layer: string): Locator {
  return page.locator('.view-line').filter({ hasText: `self.${layer}` });
}

/** Of a line in the editor, which shows blanks as non-breaking ones. */
async function text(shown: Locator): Promise<string> {
  return (await shown.innerText()).replaceAll('\u00a0', ' ').trimEnd();
}
