import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { engineProcess } from './support/engineProcess';
import type { LayerPanel } from './support/layerPanel';
import { drawnTiles, visualize } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { openWorkbench, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

// A stopped process (SIGSTOP) is one that computes for ever: what follows happens mid-run for certain.
describe('an engine in the middle of its work', () => {
  let workspace: Workspace;
  let workbench: Workbench;
  let panel: LayerPanel;
  let engine: number;

  beforeAll(async () => {
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository });
  });

  beforeEach(async () => {
    panel = await visualize(workbench.page, 'discs.png');
    await drawnTiles(panel, 'conv1');
    engine = await engineProcess(workbench.server);
    process.kill(engine, 'SIGSTOP');
    await visualize(workbench.page, 'stripes.png');
    await panel.button('cancel').waitFor();
  });

  test('Cancel needs no answer of the engine, and Resume goes on', async () => {
    await panel.button('cancel').click();
    await panel.button('resume').waitFor();
    await screenshot(workbench.page, 'cancelled');
    process.kill(engine, 'SIGCONT');
    await panel.button('resume').click();
    expect(await drawnTiles(panel, 'conv5')).not.toEqual([]);
  });

  test('a killed engine is reported, and Retry starts another', async () => {
    process.kill(engine, 'SIGKILL');
    await panel.button('retry').waitFor();
    await screenshot(workbench.page, 'engine-gone');
    await panel.button('retry').click();
    expect(await drawnTiles(panel, 'conv5')).not.toEqual([]);
    expect(await engineProcess(workbench.server)).not.toBe(engine);
  });
});
