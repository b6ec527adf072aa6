import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../../vscode/support/chromium';
import { bundle, openPanel, type OpenOptions } from './openPanel';
import { annotated, defaultScenario } from './scenario';
import type { DataSetPanelName } from '../../../src/protocol/dataSetContract';
import type { PanelName } from '../../../src/protocol/panelContract';
import type { ThemeName } from './themes';

/**
 * Pictures of the panel in every theme, to be looked at: npx vite-node test/webview/harness/screenshots.ts [folder]
 */
const folder = process.argv[2] ?? 'out/webview';
const only = process.argv[3];

interface Shot {
  readonly name: string;
  /** The layers' where left out. */
  readonly panel?: PanelName | DataSetPanelName;
  readonly options?: OpenOptions;
  readonly act?: (page: Page) => Promise<void>;
}

const tile = '[data-testid="tile"][data-status="ok"]';
const ready = (page: Page) => page.locator('.progress[data-phase="projecting"][data-busy="0"]').waitFor();

async function openDetail(page: Page): Promise<void> {
  await ready(page);
  await page.locator(`[data-layer="conv3"]${tile}`).first().click();
  await page.getByTestId('compare-guided').click();
  await page.getByTestId('same-switches').click();
  await page.waitForTimeout(300);
}

const swept = (page: Page) => page.locator('.progress[data-phase="done"]').waitFor();

async function lesioned(page: Page): Promise<void> {
  await swept(page);
  await page.getByTestId('switch').first().click();
  await swept(page);
}

const scanned = { ...defaultScenario.dataSet, isIndexed: true, unread: ['broken.jpg'] };
const checkpoints = { ...defaultScenario.dataSet, model: '/runs/zfnet' };

async function drawn(page: Page): Promise<void> {
  await page.locator('[data-testid="place"][data-status="ok"]').nth(8).waitFor();
  await page.waitForTimeout(800);
}

const shots: readonly Shot[] = [
  { name: 'panel', act: ready },
  { name: 'wide', options: { width: 1400, height: 900 }, act: ready },
  { name: 'occlusion', panel: 'occlusion', options: { width: 900, height: 1100 }, act: swept },
  { name: 'occlusion-narrow', panel: 'occlusion', options: { width: 420, height: 1500 }, act: swept },
  {
    name: 'occlusion-working',
    panel: 'occlusion',
    options: { width: 1300, height: 900, unitDelay: 150 },
    act: (page) => page.waitForTimeout(1500),
  },
  { name: 'invariance', panel: 'invariance', options: { width: 900, height: 1000 }, act: swept },
  {
    name: 'parts',
    panel: 'parts',
    options: { width: 900, height: 760, parts: annotated },
    act: async (page) => {
      await page.locator('main[data-phase="ready"]').waitFor();
      await page.getByTestId('picture').focus();
      for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowLeft');
    },
  },
  { name: 'parts-narrow', panel: 'parts', options: { width: 420, height: 1000, parts: annotated } },
  {
    name: 'correspondence',
    panel: 'correspondence',
    options: { width: 900, height: 1000, parts: annotated },
    act: swept,
  },
  { name: 'lesion', panel: 'lesion', options: { width: 900, height: 900 }, act: lesioned },
  {
    name: 'top',
    panel: 'topActivations',
    options: { width: 1100, height: 900, dataSet: scanned },
    act: drawn,
  },
  {
    name: 'top-one',
    panel: 'topActivations',
    options: { width: 900, height: 1000, dataSet: scanned },
    act: async (page) => {
      await drawn(page);
      await page.getByTestId('open-map').nth(2).click();
      await drawn(page);
      await page.getByTestId('problems').click();
    },
  },
  {
    name: 'evolution',
    panel: 'evolution',
    options: { width: 1300, height: 1400, dataSet: checkpoints },
    act: swept,
  },
  {
    name: 'evolution-narrow',
    panel: 'evolution',
    options: { width: 480, height: 1400, dataSet: checkpoints },
    act: swept,
  },
  {
    name: 'features',
    panel: 'features',
    options: { width: 1000, height: 1800 },
    act: async (page) => {
      await page.getByTestId('start').click();
      await swept(page);
    },
  },
  { name: 'narrow', options: { width: 400, height: 900 }, act: ready },
  {
    name: 'deep-layers',
    act: async (page) => {
      await ready(page);
      await page.locator('[data-layer="conv4"].layer').scrollIntoViewIfNeeded();
      await page.locator('[data-layer="detections"].layer').scrollIntoViewIfNeeded();
      await page.locator('[data-layer="conv4"] [data-testid="faithfulness"]').click();
      await page.waitForTimeout(200);
    },
  },
  { name: 'detail', act: openDetail },
  { name: 'detail-wide', options: { width: 1400, height: 900 }, act: openDetail },
  {
    name: 'legend',
    act: async (page) => {
      await ready(page);
      await page.getByTestId('legend').click();
    },
  },
  {
    name: 'tables',
    act: async (page) => {
      await ready(page);
      await page.getByTestId('tables-toggle').click();
      await page.waitForTimeout(200);
    },
  },
  {
    name: 'working',
    options: { unitDelay: 150 },
    act: (page) => page.locator(tile).nth(4).waitFor(),
  },
  {
    name: 'failures',
    options: {
      warnings: ['conv5 holds NaN for this image.'],
      layerFailures: {
        conv1: { kind: 'bug', code: 'bug', message: 'x is not a function', hint: '' },
        conv2: {
          kind: 'user',
          code: 'unsupported-op',
          message: 'No projection rule for operator Resize (node "up1").',
          hint: 'Choose a layer whose path to the image avoids this node.',
        },
      },
    },
    act: async (page) => {
      await page.getByTestId('failure-message').nth(2).waitFor({ state: 'attached' });
      await page.evaluate(() => window.harness.engineDown());
      await page.getByTestId('retry').waitFor();
    },
  },
];

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
const bundles = {
  layers: await bundle('layers'),
  occlusion: await bundle('occlusion'),
  invariance: await bundle('invariance'),
  lesion: await bundle('lesion'),
  parts: await bundle('parts'),
  correspondence: await bundle('correspondence'),
  topActivations: await bundle('topActivations'),
  evolution: await bundle('evolution'),
  features: await bundle('features'),
};
for (const theme of ['light', 'dark', 'highContrast'] satisfies ThemeName[]) {
  for (const { name, panel = 'layers', options, act } of shots) {
    if (only !== undefined && !`${name}-${theme}`.includes(only)) continue;
    const page = await openPanel(browser, bundles[panel], { ...options, theme });
    page.on('pageerror', (error) => console.error(name, error));
    await act?.(page);
    await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`) });
    for (const violation of await page.evaluate(() => window.harness.violations))
      console.error(name, violation);
    await page.context().close();
  }
}
await browser.close();
