// The pictures of the README: `npm run pictures [-- name…]`. A real VS Code on the samples, with the bundled model.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { repository } from '../../scripts/vscode/cache';
import { hoverOver } from './support/codeEditor';
import { drawnTiles, visualize } from './support/layerPanel';
import type { Theme } from './support/workbench';
import {
  chooseFromContextMenu,
  explorerFile,
  openWorkbench,
  quickPickRow,
  runCommand,
  switchTheme,
  webview,
} from './support/workbench';

const out = path.join(repository, 'media/readme');

/** With which of their files. */
const folders = {
  checkpoints: { from: path.join(repository, 'media/zfnet/checkpoints'), files: /./ },
  caltech101: {
    from: path.join(repository, '../shared/data/caltech101'),
    files: /image_00(0\d|1[0-5])\.jpg$/,
  },
};

interface Scene {
  readonly theme: Theme;
  readonly size: { readonly width: number; readonly height: number };
  /** What is among the samples. */
  readonly folder?: keyof typeof folders;
  /** Brings the editor to what the picture shows. */
  readonly act: (page: Page) => Promise<void>;
}

/** By the names of their files. */
const scenes: Readonly<Record<string, Scene>> = {
  'panel-dark': { theme: 'dark', size: { width: 1500, height: 1120 }, act: besideTheCode },
  'detail-light': { theme: 'light', size: { width: 1500, height: 1120 }, act: detailOfUnit },
  'hover-dark': { theme: 'dark', size: { width: 1100, height: 900 }, act: hoverOverLayer },
  'occlusion-dark': { theme: 'dark', size: { width: 1300, height: 1000 }, act: pointAtCat },
  'invariance-light': { theme: 'light', size: { width: 1300, height: 900 }, act: pointAtCurve },
  'top-dark': {
    theme: 'dark',
    size: { width: 1300, height: 1000 },
    folder: 'caltech101',
    act: topActivations,
  },
  'evolution-light': {
    theme: 'light',
    size: { width: 1300, height: 1000 },
    folder: 'checkpoints',
    act: evolution,
  },
};

async function besideTheCode(page: Page): Promise<void> {
  await explorerFile(page, 'zfnet.py').click();
  const panel = await visualize(page, 'cat.jpg');
  await panel.sections.first().waitFor();
  // Every row once, so that the progress has come to its end.
  for (const layer of ['conv5', 'conv4', 'conv3', 'conv2']) await drawnTiles(panel, layer);
  await panel.button('cancel').waitFor({ state: 'hidden' });
  await panel.view.getByTestId('input-image').scrollIntoViewIfNeeded();
  await drawnTiles(panel, 'conv1');
  await panel.view.getByTestId('input-image').scrollIntoViewIfNeeded();
}

async function detailOfUnit(page: Page): Promise<void> {
  await explorerFile(page, 'zfnet.py').click();
  const panel = await visualize(page, 'cat.jpg');
  await drawnTiles(panel, 'conv3');
  await panel.tiles('conv3').first().click();
  await panel.view.getByTestId('heatmap').waitFor();
  await panel.view.getByRole('button', { name: 'Guided backpropagation' }).click();
}

async function hoverOverLayer(page: Page): Promise<void> {
  await explorerFile(page, 'zfnet.py').click();
  await hoverOver(page, 'conv1=', 'conv1');
}

async function pointAtCat(page: Page): Promise<void> {
  const view = await experiment(page, 'Occlusion Sweep…');
  const label = view.getByTestId('label');
  await label.fill('cougar_face');
  await label.press('Enter');
  await view.getByText('Probability of cougar_face').first().waitFor();
  await done(page);
  await view.locator('.map-views canvas').nth(2).hover();
}

async function pointAtCurve(page: Page): Promise<void> {
  const view = await experiment(page, 'Feature Invariance…');
  const chart = view.getByTestId('chart').first();
  await chart.focus();
  for (let i = 0; i < 4; i++) await chart.press('ArrowRight');
}

/** Runs an experiment on the cat to its end. */
async function experiment(page: Page, command: string): Promise<FrameLocator> {
  await explorerFile(page, 'cat.jpg').click();
  await page.locator('.tab.active[data-resource-name="cat.jpg"]').waitFor();
  await runCommand(page, `Switchback: ${command}`);
  await webview(page).locator('h1').waitFor();
  // The picture's own editor goes, so that the panel has all the width.
  await page.locator('.tab[data-resource-name="cat.jpg"]').click({ button: 'middle' });
  return done(page);
}

async function evolution(page: Page): Promise<void> {
  await chooseFromContextMenu(page, explorerFile(page, 'checkpoints'), 'Compare Checkpoints');
  await quickPickRow(page, 'samples').click();
  await done(page);
}

async function topActivations(page: Page): Promise<void> {
  await chooseFromContextMenu(page, explorerFile(page, 'caltech101'), 'Find Top Activations');
  const view = await done(page);
  await view.getByTestId('layer').click();
  await view.getByTestId('layer').getByRole('option', { name: 'conv4', exact: true }).click();
  // All that is in sight.
  await view
    .locator('[data-testid="place"][data-status="ok"]')
    .nth(8 * 9 - 1)
    .waitFor();
}

async function done(page: Page): Promise<FrameLocator> {
  const view = webview(page);
  await view.locator('.progress[data-phase="done"]').waitFor({ timeout: 90_000 });
  return view;
}

/** The samples, copied so that nothing is left in them. */
async function makeFolder({ folder: among }: Scene): Promise<string> {
  const folder = path.join(await mkdtemp(path.join(tmpdir(), 'switchback-pictures-')), 'samples');
  await cp(path.join(repository, 'media/samples'), folder, { recursive: true });
  if (among === undefined) return folder;
  const { from, files } = folders[among];
  const filter = (file: string) => path.extname(file) === '' || files.test(file);
  await cp(from, path.join(folder, among), { recursive: true, filter });
  return folder;
}

const named = process.argv.slice(2);
await mkdir(out, { recursive: true });
for (const [name, scene] of Object.entries(scenes)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const folder = await makeFolder(scene);
  const workbench = await openWorkbench({ folder, extension: repository });
  try {
    await workbench.page.setViewportSize(scene.size);
    await switchTheme(workbench, scene.theme);
    // Offers to try other themes come a little later than a theme.
    await workbench.page.waitForTimeout(3000);
    await runCommand(workbench.page, 'Notifications: Clear All Notifications');
    await scene.act(workbench.page);
    // What fades in has come, and what is drawn once is drawn.
    await workbench.page.waitForTimeout(2000);
    await workbench.page.screenshot({ path: path.join(out, `${name}.png`) });
  } finally {
    await workbench.close();
    await rm(path.dirname(folder), { recursive: true });
  }
}
