import { writeFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { graphBuilder } from '../support/graphBuilder';
import { codeLine } from './support/codeEditor';
import { problem, takeFix } from './support/problems';
import { explorerFile, openWorkbench, runCommand, screenshot } from './support/workbench';
import { makeWorkspace } from './support/workspace';

const code = `from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, kernel_size=11, stride=4, padding=2)
        self.conv2 = nn.Conv2d(8, 6, kernel_size=5)
        self.conv3 = nn.Conv2d(6, 6, kernel_size=3)
        self.fc = nn.Linear(6, 4)
`;

describe('a first layer as of the network that the paper starts from', () => {
  let page: Page;

  beforeAll(async () => {
    const workspace = await makeWorkspace({ model: spoiltFirstLayer() });
    await writeFile(workspace.file('net.py'), code);
    ({ page } = await openWorkbench({
      folder: workspace.folder,
      extension: repository,
      settings: {
        'switchback.model': workspace.file('model.onnx'),
        // The hover of a row covers the rows around it, and takes their clicks.
        'workbench.hover.delay': 600_000,
      },
    }));
    await explorerFile(page, 'net.py').dblclick();
    await runCommand(page, 'Problems: Focus on Problems View');
  });

  const missing = () => problem(page, 'Filters of conv1 look at low frequencies (50 %) and high ones (50 %), but hardly at those between (0 %).'); // prettier-ignore
  const aliasing = () => problem(page, /conv1 looks at every 4th pixel, but \d+ % of its filters' energy/);
  const softmax = () => problem(page, 'The model ends in a softmax behind fc');

  test('is warned of with numbers at the kernel and the stride of its line, and what is only good to know is told as that', async () => {
    await missing().getByText('[Ln 7, Col 50]').waitFor();
    await aliasing().getByText('[Ln 7, Col 61]').waitFor();
    await problem(page, /\d+ % of the energy of conv2's filters is of high frequencies .* the artefacts that the paper saw/).waitFor(); // prettier-ignore
    await expectSeverity(missing(), 'warning');
    await expectSeverity(aliasing(), 'warning');
    await softmax().getByText('[Ln 10, Col 19]').waitFor();
    await expectSeverity(softmax(), 'info');
    await screenshot(page, 'problems-first-layer');
  });

  test('gets the kernel of the paper by a quick fix', async () => {
    await takeFix(page, missing(), 'Change 11 to 7, and the padding from 2 to 0');
    await codeLine(page, 'kernel_size=7, stride=4, padding=0').waitFor();
    await missing().waitFor({ state: 'detached' });
  });

  test('gets the stride of the paper by a quick fix', async () => {
    await takeFix(page, aliasing(), 'Change 4 to 2: feature maps get larger');
    await codeLine(page, 'kernel_size=7, stride=2, padding=0').waitFor();
    await aliasing().waitFor({ state: 'detached' });
    const told =
      'This line says kernel 7×7; the loaded model has kernel 11×11: retrain it or export it again.';
    await expectSeverity(problem(page, told), 'warning');
  });
});

/** The icon of a row of the Problems panel, which a light bulb takes the place of where the row is selected. */
async function expectSeverity(row: Locator, icon: 'warning' | 'info'): Promise<void> {
  await row.locator(`.codicon-${icon}`).waitFor({ state: 'attached' });
}

/** Filters of low and high frequencies with none between at stride 4, a second layer of high frequencies, and a softmax. */
function spoiltFirstLayer(): Uint8Array {
  const g = graphBuilder({ input: [1, 3, 64, 64] });
  const first = g.relu(g.conv(g.input, { name: 'conv1', out: 8, kernel: 11, stride: 4, pad: 2 }));
  const second = g.relu(g.conv(first, { name: 'conv2', out: 6, kernel: 5 }));
  const third = g.relu(g.conv(second, { name: 'conv3', out: 6, kernel: 3 }));
  const features = g.globalAveragePool(third);
  const scores = g.gemm(g.flatten(features), { name: 'fc', out: 4 });
  const graph = g.build({ outputs: [g.softmax(scores)] });
  const fill = (layer: string, frequencies: readonly number[]) => {
    const { dims, data } = graph.constants.get(`${layer}.weight`)!;
    const [, channels = 1, height = 1, width = 1] = dims;
    const size = channels * height * width;
    const values = data as Float32Array;
    frequencies.forEach((frequency, filter) => {
      for (let i = 0; i < size; i++)
        values[filter * size + i] = Math.cos(2 * Math.PI * frequency * (i % width)) / size;
    });
  };
  fill('conv1', [0, 0.01, 0.02, 0.05, 0.3, 0.35, 0.4, 0.45]);
  fill('conv2', [0.4, 0.42, 0.44, 0.46, 0.48, 0.5]);
  fill('conv3', [0, 0.02, 0.04, 0.06, 0.08, 0.1]);
  return encodeOnnx(graph);
}
