import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeAll, describe, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { graphBuilder } from '../support/graphBuilder';
import { hoverOver, lenses } from './support/codeEditor';
import { visualize } from './support/layerPanel';
import { explorerFile, openWorkbench, runCommand } from './support/workbench';
import { makeWorkspace } from './support/workspace';

const code = `from torch import nn

net = nn.Sequential()
net.add_module("conv", nn.Conv2d(1, 1, kernel_size=1, bias=False))
`;

describe('what is said of a model with one filter of one weight, which is zero', () => {
  let page: Page;

  beforeAll(async () => {
    const workspace = await makeWorkspace({ model: oneWeight() });
    await writeFile(workspace.file('net.py'), code);
    ({ page } = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      settings: { 'switchback.model': workspace.file('model.onnx') },
    }));
    await visualize(page, 'discs.png');
    await explorerFile(page, 'net.py').dblclick();
  });

  test('above its line and in its hover is said of one', async () => {
    await lenses(page)
      .getByText(/^1 filter · RF 1 · 1 dead$/)
      .waitFor();
    const texts = [
      /\s1\sparameter\s/,
      /1\sfilter,\s1\sdead,\s0\sdominating/,
      /1\smap\sinactive\sin\sdiscs\.png/,
    ];
    await hoverOver(page, 'Conv2d', ...texts);
  });

  test('in the Problems panel is said of one', async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    const problems = page.locator('.markers-panel');
    await problems.getByText('1 of 1 filter (0) of conv is dead: its weights are zero').waitFor();
    await problems.getByText('1 of 1 map (0) of conv is not active on the current image.').waitFor();
  });

  test('in the side bar is said of one', async () => {
    await runCommand(page, 'Switchback: Focus on Layers View');
    await page.getByRole('treeitem', { name: 'model.onnx, 1 layer · 1 × 48 × 48' }).waitFor();
    await page.getByRole('treeitem', { name: 'conv, 1 × 48 × 48 · 1 inactive' }).waitFor();
  });
});

function oneWeight(): Uint8Array {
  const g = graphBuilder({ input: [1, 1, 48, 48] });
  const graph = g.build({
    outputs: [g.relu(g.conv(g.input, { name: 'conv', out: 1, kernel: 1, bias: 'none' }))],
  });
  (graph.constants.get('conv.weight')!.data as Float32Array).fill(0);
  return encodeOnnx(graph);
}
