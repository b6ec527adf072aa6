import { writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { drawnTiles, layerPanel, visualize } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { openWorkbench, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace, narrowZfnet } from './support/workspace';

describe('a text file named model.onnx', () => {
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    workspace = await makeWorkspace({ model: 'This is a text, not a model.\n' });
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  test('gives one sentence that names the file', async () => {
    const panel = await visualize(workbench.page, 'discs.png');
    await panel.failure.first().waitFor();
    expect(await panel.failure.first().textContent()).toContain('model.onnx');
    expect(await panel.sections.count()).toBe(0);
    await screenshot(workbench.page, 'bad-model');
  });

  test('is shown as soon as a model takes its place', async () => {
    await writeFile(workspace.file('model.onnx'), narrowZfnet());
    expect(await drawnTiles(layerPanel(workbench.page), 'conv1')).not.toEqual([]);
  });
});
