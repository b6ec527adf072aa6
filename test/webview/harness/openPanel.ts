import path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { DataSetPanelName } from '../../../src/protocol/dataSetContract';
import type { PanelName } from '../../../src/protocol/panelContract';
import { defaultScenario, type Scenario } from './scenario';

const root = path.resolve(import.meta.dirname, '../../..');
const ORIGIN = 'http://panel.test';

export interface Bundles {
  readonly panel: string;
  readonly style: string;
  readonly host: string;
}

/** A panel from its sources, as esbuild.mjs builds it, and the fake host. */
export async function bundle(panel: PanelName | DataSetPanelName = 'layers'): Promise<Bundles> {
  const host =
    panel === 'topActivations' || panel === 'evolution' || panel === 'features'
      ? 'fakeDataSetHost'
      : 'fakeHost';
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { panel: `webview/${panel}/main.ts`, host: `test/webview/harness/${host}.ts` },
    outdir: 'out',
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    minify: true,
  });
  const text = (name: string) => outputFiles.find((file) => file.path.endsWith(name))?.text ?? '';
  return { panel: text('panel.js'), style: text('panel.css'), host: text('host.js') };
}

/** Like the page of the extension, with the fake host before the panel's script. */
const html = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-test'; style-src ${ORIGIN} 'nonce-test'; font-src ${ORIGIN}; img-src ${ORIGIN} data: blob:">
    <meta property="csp-nonce" content="test">
    <link rel="stylesheet" href="${ORIGIN}/panel.css">
    <title>Layers</title>
  </head>
  <body>
    <script nonce="test" src="${ORIGIN}/host.js"></script>
    <script nonce="test" src="${ORIGIN}/panel.js"></script>
  </body>
</html>`;

export interface OpenOptions extends Partial<Scenario> {
  readonly width?: number;
  readonly height?: number;
}

/** A page that shows the panel with a fake host that plays the scenario. */
export async function openPanel(
  browser: Browser,
  { panel, style, host }: Bundles,
  { width = 720, height = 900, ...changes }: OpenOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', html],
    '/panel.css': ['text/css', style],
    '/panel.js': ['text/javascript', panel],
    '/host.js': ['text/javascript', host],
  };
  await page.route(`${ORIGIN}/**`, async (route) => {
    const file = files[new URL(route.request().url()).pathname];
    if (file) await route.fulfill({ contentType: `${file[0]}; charset=utf-8`, body: file[1] });
    else await route.fulfill({ status: 404 });
  });
  await page.addInitScript((scenario) => (window.scenario = scenario), { ...defaultScenario, ...changes });
  await page.goto(`${ORIGIN}/`);
  return page;
}
