import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { lenses } from './support/codeEditor';
import { layersOf, projectTop } from './support/cli';
import type { LayerPanel } from './support/layerPanel';
import { drawnTiles, visualize } from './support/layerPanel';
import { contrast, largestDifference } from './support/pictures';
import type { Workbench } from './support/workbench';
import {
  besideEachOther,
  chooseFile,
  openWorkbench,
  runCommand,
  screenshot,
  switchTheme,
} from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

const code = `from torch import nn

net = nn.Sequential()
net.add_module("conv1", nn.Conv2d(3, 12, 7, 2, 1))
net.add_module("conv2", nn.Conv2d(12, 32, 5, 2))
`;

const convolutions = ['conv1', 'conv2', 'conv3', 'conv4', 'conv5'];

describe('the layers of a picture', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let panel: LayerPanel;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    await writeFile(workspace.file('net.py'), code);
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
    panel = await visualize(workbench.page, 'discs.png');
    await panel.sections.first().waitFor();
  });

  test('a right-click shows every layer of the model, in order', async () => {
    const expected = await layersOf(workspace.file('model.onnx'));
    expect(expected.map(({ label }) => label)).toEqual(expect.arrayContaining(convolutions));
    const shown = await panel.sections.evaluateAll((sections) =>
      sections.map((section) => (section as HTMLElement).dataset['layer']),
    );
    expect(shown).toEqual(expected.map(({ label }) => label));
    await screenshot(workbench.page, 'layers');
  });

  test.each(convolutions)('the pictures of %s are those of the command line', async (layer) => {
    const expected = await projectTop({
      model: workspace.file('model.onnx'),
      image: workspace.file('discs.png'),
      layer,
      top: 9,
    });
    const shown = await drawnTiles(panel, layer);
    expect(shown.map(({ map }) => map)).toEqual(
      expected.filter(({ status }) => status === 'ok').map(({ map }) => map),
    );
    for (const { map, projection, patch } of shown) {
      expect(contrast(projection), `projection of map ${map}`).toBeGreaterThan(2);
      expect(contrast(patch), `patch of map ${map}`).toBeGreaterThan(2);
      const { picture } = expected.find((tile) => tile.map === map) ?? {};
      // One grey level of room: the sums of a batched run may round differently.
      if (picture) expect(largestDifference(projection, picture), `map ${map}`).toBeLessThanOrEqual(1);
    }
  });

  test.each(['light', 'dark', 'highContrast'] as const)('the panel follows the %s theme', async (theme) => {
    await panel.sections.first().scrollIntoViewIfNeeded();
    await switchTheme(workbench, theme);
    await drawnTiles(panel, 'conv1');
    const colours = await panel.view.locator('body').evaluate((body) => {
      const style = getComputedStyle(body);
      return { text: style.color, background: style.backgroundColor };
    });
    expect(colours.text).not.toBe(colours.background);
    await screenshot(workbench.page, `theme-${theme}`);
  });

  test('lead to the file that defines them, which the user is asked for and which opens beside them', async () => {
    const { page } = workbench;
    await runCommand(page, 'Notifications: Show Notifications');
    const offer = page.locator('.notifications-center .notification-list-item');
    await offer.filter({ hasText: 'defines model.onnx' }).getByText('Find File…').click();
    await chooseFile(page, workspace.file('net.py'));
    await besideEachOther(page, 'net.py', 'discs.png');
    await lenses(page).filter({ hasText: '12 filters · RF 7' }).first().waitFor();
    await screenshot(page, 'found-code');
  });
});
