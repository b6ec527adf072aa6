import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../vscode/support/chromium';
import { isOff, parseMaps, toggled } from '../../webview/lesion/settings';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import type { ThemeName } from './harness/themes';

describe('what is switched off', () => {
  it('is added and taken away map by map and layer by layer', () => {
    const first = toggled([], { layer: 'conv1', maps: [7] });
    const second = toggled(first, { layer: 'conv1', maps: [2] });
    expect(second).toEqual([{ layer: 'conv1', maps: [2, 7] }]);
    expect(toggled(second, { layer: 'conv1', maps: [2, 7] })).toEqual([]);
    const whole = toggled(second, { layer: 'conv1', maps: 'all' });
    expect(whole).toEqual([{ layer: 'conv1', maps: 'all' }]);
    expect(toggled(whole, { layer: 'conv1', maps: 'all' })).toEqual([]);
    expect(isOff(second, [{ layer: 'conv1', maps: [7] }])).toBe(true);
    expect(isOff(second, [{ layer: 'conv1', maps: 'all' }])).toBe(false);
  });

  it.each([
    ['', 'all'],
    ['3, 7 3', [3, 7]],
    ['12', null],
    ['-1', null],
    ['x', null],
  ])('is typed as %j', (text, maps) => {
    expect(parseMaps(text, 12)).toEqual(maps);
  });
});

describe('the lesion panel', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('lesion');
  });

  afterAll(() => browser?.close());

  const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();

  async function measured(options: OpenOptions = {}): Promise<Page> {
    const page = await openPanel(browser, bundles, { width: 900, height: 900, ...options });
    await inPhase(page, 'done');
    return page;
  }

  const rows = (page: Page) => page.getByTestId('ranking').locator('tbody tr');

  it('ranks whole layers by the drop, and shows what is switched off beside the whole network', async () => {
    const page = await measured();
    expect(await rows(page).count()).toBe(8);
    const drops = await rows(page).locator('td:nth-child(2)').allTextContents();
    const numbers = drops.map(parseFloat);
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    const name = await rows(page).first().locator('th').textContent();
    await page.getByTestId('switch').first().click();
    await page.locator(`[data-testid="off"] .chip:has-text("${name}")`).waitFor();
    const probabilities = async () => {
      const cells = await page.getByTestId('answers').locator('tbody tr:first-child td').allTextContents();
      return cells.slice(0, 2).map(parseFloat);
    };
    await expect.poll(async () => (await probabilities())[1]).toBeLessThan(91);
    expect((await probabilities())[0]).toBe(91);
    expect(await page.getByTestId('switch').first().getAttribute('aria-pressed')).toBe('true');
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('ranks the maps of a layer, a page at a time', async () => {
    const page = await measured();
    await page.getByTestId('ranked').evaluate((list: HTMLSelectElement) => {
      list.value = 'conv3';
      list.dispatchEvent(new Event('change'));
    });
    await expect.poll(() => rows(page).count()).toBe(40);
    await page.getByTestId('more').click();
    await expect.poll(() => rows(page).count()).toBe(64);
  });

  it('switches typed maps off by the keyboard, and says what cannot be meant', async () => {
    const page = await measured();
    const field = page.getByTestId('maps').locator('input');
    await field.fill('1, 5');
    await field.press('Enter');
    await page.getByText('conv1 maps 1, 5').first().waitFor();
    await field.fill('9999');
    await field.press('Enter');
    expect(await page.getByTestId('notice').textContent()).toMatch(/^Maps are numbers from 0 to \d+\.$/);
    await page.getByTestId('clear').click();
    await page.locator('[data-testid="off"]:has-text("nothing")').waitFor();
  });

  it('goes on where it was when it is opened again', async () => {
    const page = await measured();
    await page.evaluate(() => window.harness.show(window.scenario.subject));
    const known = () =>
      page.evaluate(() =>
        window.harness.calls
          .filter(({ method }) => method === 'lesion')
          .map(({ params }) => (params as { known?: { count: number } }).known?.count),
      );
    await expect.poll(known).toEqual([undefined, undefined, 1, 8]);
  });

  it('exports the ranking with settings and the hash of the model', async () => {
    const page = await measured();
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(4);
    const json = await page.evaluate(() => {
      const file = window.harness.saved.find(({ name }) => name.endsWith('.json'))!;
      return JSON.parse(new TextDecoder().decode(file.content)) as Record<string, unknown>;
    });
    expect(json).toMatchObject({ settings: { mode: 'zero' }, label: 437, modelHash: expect.any(String) as string }); // prettier-ignore
    expect(json.answers).toHaveLength(8);
  });

  it.each<ThemeName>(['light', 'dark', 'highContrast'])('is accessible in the %s theme', async (theme) => {
    const page = await measured({ theme });
    await page.getByTestId('switch').first().click();
    await inPhase(page, 'done');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
