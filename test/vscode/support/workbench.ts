import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { repository } from '../../../scripts/vscode/cache';
import type { Server, ServerOptions } from '../../../scripts/vscode/server';
import { startServer } from '../../../scripts/vscode/server';
import { launchChromium } from './chromium';

/** Names for the settings, and the file that a window with this theme names in its class. */
const themes = {
  light: { name: 'Default Light Modern', file: 'light_modern' },
  dark: { name: 'Default Dark Modern', file: 'dark_modern' },
  highContrast: { name: 'Default High Contrast', file: 'hc_black' },
} as const;

export type Theme = keyof typeof themes;

/** Nothing of VS Code's own that moves, asks or reaches for the network. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'update.mode': 'none',
};

export interface WorkbenchOptions extends ServerOptions {
  readonly folder: string;
  /** The extension to run in development mode; left out when a VSIX is installed instead. */
  readonly extension?: string;
  /** The module whose `run()` VS Code calls in the extension host. */
  readonly tests?: string;
}

/** A real VS Code in a real browser, driven as a user would. */
export interface Workbench {
  readonly page: Page;
  readonly server: Server;
  close(): Promise<void>;
}

const startTimeout = 60_000;

/** The workbenches of the suite that runs, for what has to look at all of them. */
export const openWorkbenches = new Set<Workbench>();

// The test runner ends its workers by SIGTERM; leaving by `exit` lets the server's process tree end as well.
process.once('SIGTERM', () => process.exit(143));

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const settings = { ...quietSettings, ...options.settings };
  const server = await startServer({ ...options, settings });
  const browser = await launchChromium().catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const close = async () => {
    await browser.close();
    await server.stop();
  };
  try {
    const page = await openPage(browser, server.address(options));
    const workbench: Workbench = {
      page,
      server,
      close: () => {
        openWorkbenches.delete(workbench);
        return close();
      },
    };
    openWorkbenches.add(workbench);
    // A new window may start with an older theme and ask whether it should change.
    await switchTheme(workbench, 'light');
    return workbench;
  } catch (error) {
    await close();
    throw error;
  }
}

async function openPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await page.locator('.monaco-workbench[class*="vscode-theme-"]').waitFor({ timeout: startTimeout });
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: startTimeout });
  return page;
}

/** The row of a file in the Explorer. */
export function explorerFile(page: Page, name: string): Locator {
  return page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
}

/**
 * Right-clicks `target` and takes an entry of the menu that opens. A menu opened before VS Code has read the
 * extensions lacks their entries for good, and one that is open while an editor takes the focus closes by
 * itself, so all of it is done again until the entry has been clicked.
 */
export async function chooseFromContextMenu(page: Page, target: Locator, entry: string): Promise<void> {
  // Menus live in a shadow root, which locators pierce.
  const item = page.getByRole('menuitem', { name: entry });
  await eventually(async () => {
    await target.click({ button: 'right' });
    if (await succeeds(clickEntry(item))) return true;
    await page.keyboard.press('Escape');
    return undefined;
  }, startTimeout);
  await item.waitFor({ state: 'hidden' });
}

async function clickEntry(item: Locator): Promise<void> {
  await item.hover({ timeout: 5000 });
  // VS Code ignores a click in the first moments of a menu.
  await item.page().waitForTimeout(200);
  await item.click({ timeout: 5000 });
}

export function succeeds(action: Promise<void>): Promise<boolean> {
  return action.then(
    () => true,
    () => false,
  );
}

/**
 * Takes a command from the palette. A webview that is still loading has the focus but passes no key on, and one
 * that takes the focus late closes the palette, so all of it is done again until the command has been clicked.
 */
export async function runCommand(page: Page, title: string): Promise<void> {
  await eventually(async () => {
    await page.keyboard.press('F1');
    return (await succeeds(takeCommand(page, title))) || undefined;
  }, startTimeout);
}

async function takeCommand(page: Page, title: string): Promise<void> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  await input.fill(`>${title}`, { timeout: 3000 });
  await quickPickRow(page, title).click({ timeout: 10_000 });
}

/** Answers VS Code's own dialog for files, which in a browser is an input for a path; it has read a folder before it listens. */
export async function chooseFile(page: Page, file: string): Promise<void> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  await quickPickRow(page, '..').waitFor();
  await input.fill(file);
  await quickPickRow(page, path.basename(file)).waitFor();
  await input.press('Enter');
  await input.waitFor({ state: 'hidden' });
}

/** A row of the quick pick that is open. */
export function quickPickRow(page: Page, label: string): Locator {
  return page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first();
}

/** Waits until two tabs are in front of groups side by side. */
export async function besideEachOther(page: Page, ...names: readonly (string | RegExp)[]): Promise<void> {
  const tabs = names.map((name) => page.locator('.tab.selected', { hasText: name }).first());
  await Promise.all(tabs.map((tab) => tab.waitFor()));
  await eventually(async () => {
    const [one, other] = await Promise.all(tabs.map((tab) => tab.boundingBox()));
    return one && other && Math.abs(one.x - other.x) > 300 ? true : undefined;
  });
}

const ourWebview = 'iframe.webview.ready[src*="extensionId=switchback."]';

/** The document inside the extension's webview: VS Code wraps it into two frames. */
export function webview(page: Page): FrameLocator {
  return page.frameLocator(ourWebview).frameLocator('iframe#active-frame');
}

/** The same of the one that opened last, where several are in sight. */
export function lastWebview(page: Page): FrameLocator {
  return page.frameLocator(ourWebview).last().frameLocator('iframe#active-frame');
}

export async function switchTheme({ page, server }: Workbench, theme: Theme): Promise<void> {
  const { name, file } = themes[theme];
  await server.changeSettings({ 'workbench.colorTheme': name });
  await page.locator(`.monaco-workbench[class*="-themes-${file}-json"]`).waitFor();
}

/** Whether VS Code has written something of its window's state, which in a browser it does when it is idle. */
export function isStateWritten(page: Page, text: string): Promise<true | undefined> {
  return page.evaluate(async (wanted) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(request.error?.message));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      if (!name.startsWith('vscode-web-state-db')) continue;
      const database = await done(indexedDB.open(name));
      const values: unknown[] = await done(
        database.transaction('ItemTable').objectStore('ItemTable').getAll(),
      );
      database.close();
      // States of editors are JSON within JSON.
      if (values.some((value) => String(value).replaceAll('\\', '').includes(wanted))) return true as const;
    }
    return undefined;
  }, text);
}

/** Saves what the window shows as `out/screenshots/<name>.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = path.join(repository, 'out/screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** Asks again and again until `probe` gives something else than undefined; also outside of a test. */
export async function eventually<T>(probe: () => Promise<T | undefined>, timeout = 30_000): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Nothing after ${timeout} ms`);
    await delay(100);
  }
}
