import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ZooModel } from '../../src/download/modelZoo';
import { modelZoo } from '../../src/download/modelZoo';
import type { HttpServer } from '../support/httpServer';
import { sendBeginning, sendFile, startHttpServer } from '../support/httpServer';
import { extensionWithZoo } from './support/extensionWithZoo';
import { drawnTiles, layerPanel } from './support/layerPanel';
import type { Workbench } from './support/workbench';
import { eventually, openWorkbench, quickPickRow, runCommand, screenshot } from './support/workbench';
import type { Workspace } from './support/workspace';
import { makeWorkspace, narrowZfnet } from './support/workspace';

const content = narrowZfnet();

const model: ZooModel = {
  name: 'Narrow ZFNet',
  path: 'zfnet/narrow.onnx',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  preprocess: modelZoo[0]!.preprocess,
};

describe('Download a Model…', () => {
  let answer: RequestListener = sendFile(content);
  let server: HttpServer;
  let extension: Awaited<ReturnType<typeof extensionWithZoo>>;
  let workspace: Workspace;
  let workbench: Workbench;
  let page: Page;

  beforeAll(async () => {
    server = await startHttpServer((request, response) => answer(request, response));
    extension = await extensionWithZoo([model]);
    workspace = await makeWorkspace();
    workbench = await openWorkbench({
      folder: workspace.folder,
      extension: extension.folder,
      settings: { 'switchback.download.baseUrl': server.base.href },
    });
    page = workbench.page;
  });

  afterAll(async () => {
    await server.close();
    await extension.remove();
  });

  beforeEach(async () => {
    await runCommand(page, 'Notifications: Clear All Notifications');
    for (const name of await saved()) await rm(workspace.file(name));
  });

  const saved = async () => (await readdir(workspace.folder)).filter((name) => name.startsWith('narrow'));
  const notification = (text: string) => page.locator('.notification-toast').filter({ hasText: text });

  /** Of the files, not of the messages: VS Code shows no more than three within a second. */
  const untilSaved = (...names: readonly string[]) =>
    eventually(async () => (isDeepStrictEqual(await saved(), names) ? true : undefined));

  async function start(): Promise<void> {
    await runCommand(page, 'Switchback: Download a Model…');
    await quickPickRow(page, model.name).click();
    await quickPickRow(page, 'workspace').click();
  }

  test('saves a model with its sidecar, ready to be looked into', async () => {
    answer = sendFile(content);
    await runCommand(page, 'Switchback: Download a Model…');
    await quickPickRow(page, model.name).waitFor();
    await screenshot(page, 'download-models');
    await quickPickRow(page, model.name).click();
    await quickPickRow(page, 'workspace').click();
    await notification('narrow.onnx and its sidecar are in').waitFor();
    await screenshot(page, 'download-done');
    expect(await saved()).toEqual(['narrow.onnx', 'narrow.switchback.json']);
    expect((await readFile(workspace.file('narrow.onnx'))).equals(content)).toBe(true);
    const sidecar = JSON.parse(await readFile(workspace.file('narrow.switchback.json'), 'utf8')) as {
      preprocess: unknown;
      labels: readonly string[];
    };
    expect(sidecar.preprocess).toEqual(model.preprocess);
    expect(sidecar.labels[281]).toBe('tabby, tabby cat');
    await page.getByRole('button', { name: 'Visualize an Image' }).click();
    await quickPickRow(page, 'discs.png').click();
    const panel = layerPanel(page);
    expect(await drawnTiles(panel, 'conv1')).not.toEqual([]);
    expect(await panel.view.locator('body').textContent()).toContain('narrow.onnx');
  });

  test('can be cancelled, and goes on where it was', async () => {
    answer = sendBeginning(content, 100_000);
    await start();
    await notification('Downloading Narrow ZFNet: 100 kB of').waitFor();
    await untilSaved('narrow.onnx.part');
    await screenshot(page, 'download-progress');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await notification('Downloading Narrow ZFNet').waitFor({ state: 'hidden' });
    expect(await saved()).toEqual(['narrow.onnx.part']);
    answer = sendFile(content);
    await start();
    await untilSaved('narrow.onnx', 'narrow.switchback.json');
    expect(server.ranges.at(-1)).toMatch(/^bytes=\d+-$/);
  });

  test('keeps nothing of a file with another checksum', async () => {
    answer = sendFile(content.map((byte, i) => (i === 1000 ? byte ^ 1 : byte)));
    await start();
    await notification('its checksum is another').waitFor();
    await screenshot(page, 'download-corrupted');
    expect(await saved()).toEqual([]);
  });

  test('offers to try again when the connection breaks', async () => {
    answer = (_, response) => response.destroy();
    await start();
    await notification('cannot be reached').waitFor();
    answer = sendFile(content);
    await page.getByRole('button', { name: 'Try Again' }).click();
    await untilSaved('narrow.onnx', 'narrow.switchback.json');
  });
});
