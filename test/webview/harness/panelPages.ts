import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from '../../vscode/support/chromium';
import { bundle, openPanel, type Bundles, type OpenOptions } from './openPanel';

let browser: Browser;
let bundles: Bundles;
let opened: Page[] = [];
let errors: string[] = [];

beforeAll(async () => {
  [browser, bundles] = await Promise.all([launchChromium(), bundle()]);
}, 300_000);

afterAll(() => browser.close());

/** No test may end with an uncaught error or anything the content security policy had to stop. */
afterEach(async () => {
  const violations = await Promise.all(opened.map((page) => page.evaluate(() => window.harness.violations)));
  await Promise.all(opened.map((page) => page.context().close()));
  opened = [];
  const problems = [...errors, ...violations.flat()];
  errors = [];
  expect(problems).toEqual([]);
});

export async function open(options: OpenOptions = {}): Promise<Page> {
  const page = await openPanel(browser, bundles, options);
  page.on('pageerror', (error) => errors.push(String(error)));
  opened.push(page);
  return page;
}

export const section = (page: Page, layer: string) => page.locator(`.layer[data-layer="${layer}"]`);
export const tiles = (page: Page, layer: string, status = '') =>
  page.locator(`.tile[data-layer="${layer}"]${status ? `[data-status="${status}"]` : ''}`);
export const idle = (page: Page) =>
  page.locator('.progress[data-phase="projecting"][data-busy="0"]').waitFor();
export const projects = (page: Page) =>
  page.evaluate(() =>
    window.harness.calls
      .filter(({ method }) => method === 'project')
      .map(
        ({ params }) => params as { layer: string; image: string; method: string; units: { map: number }[] },
      ),
  );
export const focusedTile = (page: Page) =>
  page.evaluate(() => {
    const { layer, map } = (document.activeElement as HTMLElement).dataset;
    return layer === undefined ? null : `${layer} ${map}`;
  });

export async function settled(page: Page): Promise<Page> {
  await idle(page);
  return page;
}

/** A machine under load takes its time. */
export function eventually(probe: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(probe, { timeout: 20_000 });
}

/** The distinct values of the red channel: a blank canvas has one. */
export async function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const picture = element as HTMLCanvasElement;
    const { data } = picture.getContext('2d')!.getImageData(0, 0, picture.width, picture.height);
    return new Set(data.filter((_, index) => index % 4 === 0)).size;
  });
}
