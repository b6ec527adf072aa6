import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import { hasRedis, prepareSecuredRedis, type SecuredRedis } from '../engine/redis';
import {
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  runCommand,
  screenshot,
  webview,
  type Workbench,
} from './support/workbench';
import { makeWorkspace, type Workspace } from './support/workspace';

const password = 'open-sesame';

describe.skipIf(!hasRedis)('top activations through a queue behind TLS and a password', () => {
  let folder: string;
  let redis: SecuredRedis;
  let workspace: Workspace;
  let workbench: Workbench;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'switchback-queue-'));
    redis = await prepareSecuredRedis(folder, password);
    await redis.start();
    workspace = await makeWorkspace();
    await mkdir(workspace.file('photos'));
    for (const name of ['discs.png', 'stripes.png'])
      await copyFile(workspace.file(name), workspace.file(`photos/${name}`));
    const settings = { 'switchback.queue.address': address() };
    const env = { NODE_EXTRA_CA_CERTS: redis.certificate };
    workbench = await openWorkbench({ folder: workspace.folder, extension: repository, settings, env });
  });

  afterAll(async () => {
    worker?.kill('SIGKILL');
    await redis.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const address = () => `rediss://localhost:${redis.port}`;
  const view = () => webview(workbench.page);
  const inPhase = (phase: string) => view().locator(`.progress[data-phase="${phase}"]`).waitFor({ timeout: 60_000 }); // prettier-ignore

  async function find() {
    await chooseFromContextMenu(
      workbench.page,
      explorerFile(workbench.page, 'photos'),
      'Find Top Activations',
    );
    await view().getByRole('heading', { name: 'Top activations' }).waitFor();
  }

  function startWorker() {
    const args = ['worker', '--model', workspace.file('model.onnx'), '--images', workspace.file('photos')];
    worker = spawn(
      process.execPath,
      [path.join(repository, 'dist/cli.js'), ...args, '--queue', address()],
      { stdio: 'ignore', env: { ...process.env, SWITCHBACK_QUEUE_PASSWORD: password, NODE_EXTRA_CA_CERTS: redis.certificate } }, // prettier-ignore
    );
  }

  async function typePassword(typed: string) {
    await runCommand(workbench.page, 'Switchback: Set Password of Queue');
    const field = workbench.page.locator('.quick-input-widget input[type="password"]');
    await field.fill(typed);
    await field.press('Enter');
    await field.waitFor({ state: 'hidden' });
  }

  test('say what is wrong with the password', async () => {
    await find();
    await view().getByTestId('failure-message').filter({ hasText: 'cannot be used: NOAUTH' }).waitFor();
    await typePassword('mustard');
    await view().getByTestId('retry').click();
    await view().getByTestId('failure-message').filter({ hasText: 'cannot be used: WRONGPASS' }).waitFor();
    await screenshot(workbench.page, 'queue-refused');
  });

  test('wait for workers, go on while the panel is closed, and are found when it comes back', async () => {
    const { page } = workbench;
    await typePassword(password);
    await view().getByTestId('retry').click();
    await view().getByTestId('pace').filter({ hasText: 'waiting for workers' }).waitFor();
    await screenshot(page, 'queue-waiting');
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    await find();
    await view().getByTestId('pace').filter({ hasText: 'waiting for workers' }).waitFor();
    await runCommand(page, 'View: Close All Editors');
    await view().locator('h1').waitFor({ state: 'detached' });
    startWorker();
    await page.locator('.statusbar-item', { hasText: 'Top activations of' }).waitFor({ state: 'detached' });
    await page.locator('.notification-toast', { hasText: 'The workers have found' }).waitFor();
    await find();
    await inPhase('done');
    expect(await view().getByTestId('summary').textContent()).toMatch(/^2 pictures/);
    await screenshot(page, 'queue-done');
  });

  test('go on where they were after the window was loaded again', async () => {
    const { page } = workbench;
    worker!.kill('SIGKILL');
    await copyFile(workspace.file('discs.png'), workspace.file('photos/more.png'));
    await view().getByTestId('scan-again').click();
    await view().getByTestId('pace').filter({ hasText: 'waiting for workers' }).waitFor();
    await page.reload();
    await find();
    // In a browser without a keychain VS Code keeps secrets only as long as the page lives.
    await view().getByTestId('failure-message').filter({ hasText: 'NOAUTH' }).waitFor({ timeout: 60_000 });
    await typePassword(password);
    await view().getByTestId('retry').click();
    await view().getByTestId('pace').filter({ hasText: 'waiting for workers' }).waitFor();
    startWorker();
    await inPhase('done');
    expect(await view().getByTestId('summary').textContent()).toMatch(/^3 pictures/);
  });

  test('leave the password in no file and no log', async () => {
    const { dataFolder } = workbench.server;
    for (const name of await readdir(dataFolder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const content = await readFile(path.join(name.parentPath, name.name));
      expect(content.includes(password), name.name).toBe(false);
    }
  });
});
