import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { drawnTiles, visualize } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { openWorkbench } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace } from './support/workspace';

const execute = promisify(execFile);
const supported = process.platform === 'linux' && process.arch === 'x64';

// The package holds the binaries of one platform.
describe.runIf(supported)('the package for linux-x64', () => {
  const vsix = path.join(repository, 'out/switchback.vsix');
  let workspace: Workspace;
  let workbench: Workbench;

  beforeAll(async () => {
    await execute('npm', ['run', 'package', '--', '--out', vsix], { cwd: repository });
    workspace = await makeWorkspace();
    workbench = await openWorkbench({ folder: workspace.folder, vsix });
  });

  test('leaves the binaries of other platforms out', async () => {
    const { stdout } = await execute('npx', ['vsce', 'ls'], { cwd: repository });
    expect(stdout).toContain('linux/x64/libonnxruntime');
    expect(stdout).not.toMatch(/\/(win32|darwin|linux\/arm64)\//);
    expect((await stat(vsix)).size).toBeLessThan(100 * 1024 ** 2);
  });

  test('shows the layers of a picture once installed', async () => {
    const panel = await visualize(workbench.page, 'discs.png');
    expect(await drawnTiles(panel, 'conv1')).not.toEqual([]);
  });
});
