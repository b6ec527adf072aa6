import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CorrespondenceRequest } from '../../src/protocol/correspondence';
import { restoredSettings } from '../../webview/correspondence/settings';
import { parseSeed } from '../../webview/shared/parseSeed';
import { launchChromium } from '../vscode/support/chromium';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { annotated, subject } from './harness/scenario';
import type { ThemeName } from './harness/themes';

describe('settings of a comparison', () => {
  it.each([
    ['7', 7],
    [' 12 ', 12],
    ['-1', null],
    ['1.5', null],
    ['', null],
  ])('take the seed %j', (text, seed) => {
    expect(parseSeed(text)).toBe(seed);
  });

  it('come back as they were kept, or not at all', () => {
    const settings = { parts: ['nose'], size: null, draws: 39, seed: 1 };
    expect(restoredSettings(settings)).toEqual(settings);
    expect(restoredSettings({ ...settings, size: 0 })).toBeNull();
    expect(restoredSettings({ ...settings, draws: '39' })).toBeNull();
  });
});

describe('the panel about correspondence', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('correspondence');
  });

  afterAll(() => browser?.close());

  const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();
  const requests = (page: Page) =>
    page.evaluate(() =>
      window.harness.calls
        .filter(({ method }) => method === 'correspondence')
        .map(({ params }) => params as CorrespondenceRequest),
    );

  async function measured(options: OpenOptions = {}): Promise<Page> {
    const page = await openPanel(browser, bundles, {
      width: 900,
      height: 1000,
      parts: annotated,
      ...options,
    });
    await inPhase(page, 'done');
    return page;
  }

  it('hides every marked part, draws the control, and shows all layers beside the paper', async () => {
    const page = await measured();
    expect(await page.getByTestId('progress').textContent()).toBe('42 of 42');
    const [request] = await requests(page);
    expect(request).toMatchObject({ parts: ['lamp', 'sun', 'gate'], size: 32, draws: 39, seed: 1 });
    expect(request!.images).toEqual([
      { image: subject.images[0], parts: { lamp: [168, 84], sun: [344, 132] } },
      { image: subject.images[1], parts: { lamp: [260, 84], sun: [440, 132], gate: [120, 300] } },
    ]);
    const rows = page.getByTestId('table').locator('tbody tr');
    expect(await rows.count()).toBe(8);
    expect(await rows.first().textContent()).toMatch(
      /^conv10\.0\d\d\u00a0\(one\u00a0pair\).*Every part is below random places\./,
    );
    await page.getByText('lamp: below random places at conv1 to fc6.').waitFor();
    await page.getByTestId('paper').getByText('0.107 ± 0.017').waitFor();
    expect(await page.getByTestId('chart').locator('svg rect').count()).toBe(8 * 4);
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('compares anew when a part, the size, the draws or the seed change', async () => {
    const page = await measured();
    await page.getByTestId('part-gate').click();
    await page.getByText('41 of 41').first().waitFor();
    await page.getByTestId('draws').evaluate((input: HTMLInputElement) => {
      input.value = '5';
      input.dispatchEvent(new Event('change'));
    });
    await page.getByText('With 5 draws nothing can be significant: it takes at least 39.').waitFor();
    const seed = page.getByTestId('seed').locator('input');
    await seed.fill('x');
    await seed.press('Enter');
    await page.getByText('A seed is a whole number from 0.').waitFor();
    await seed.fill('7');
    await seed.press('Enter');
    await expect.poll(async () => (await requests(page)).at(-1)).toMatchObject({ parts: ['lamp', 'sun'], draws: 5, seed: 7 }); // prettier-ignore
  });

  it('pauses at once, and goes on with the steps that are left', async () => {
    const page = await openPanel(browser, bundles, { parts: annotated, unitDelay: 60 });
    await page.locator('[data-testid="progress"]:has-text(" of 42")').waitFor();
    await page.getByTestId('pause').click();
    await expect.poll(() => page.evaluate(() => window.harness.cancelled)).toEqual(['correspondence']);
    await page.evaluate(() => window.harness.show(window.scenario.subject));
    await inPhase(page, 'paused');
    await page.evaluate(() => window.harness.change({ unitDelay: 0 }));
    await page.getByTestId('start').click();
    await inPhase(page, 'done');
    const [, second] = await requests(page);
    expect(second!.known!.count).toBeGreaterThan(0);
    expect(await page.getByTestId('progress').textContent()).toBe('42 of 42');
  });

  it('says that nothing is marked, and leads to where it is', async () => {
    const page = await openPanel(browser, bundles, { parts: '' });
    await page.getByText('No part is marked in these pictures.').waitFor();
    await page.getByTestId('annotate').click();
    const opened = () =>
      page.evaluate(() => window.harness.calls.filter(({ method }) => method === 'openPanel'));
    await expect.poll(opened).toEqual([{ method: 'openPanel', params: { name: 'parts' } }]);
  });

  it('exports a picture, numbers, settings and a report', async () => {
    const page = await measured();
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(4);
    const texts = await page.evaluate(() =>
      window.harness.saved.map(({ name, content }) => [name, new TextDecoder().decode(content)]),
    );
    const files = Object.fromEntries(texts) as Record<string, string>;
    expect(files['correspondence.csv']!.trim().split('\r\n')).toHaveLength(1 + 8 * 4);
    expect(JSON.parse(files['correspondence.json']!)).toMatchObject({ draws: 39, seed: 1, size: 32, parts: ['lamp', 'sun', 'gate'], modelHash: expect.any(String) as string }); // prettier-ignore
    const report = files['correspondence.html']!;
    for (const text of ['SHA-256 of the model', '39 draws, seed 1', '0.107 ± 0.017', 'data:image/png'])
      expect(report).toContain(text);
  });

  it.each<ThemeName>(['light', 'dark', 'highContrast'])('is accessible in the %s theme', async (theme) => {
    const page = await measured({ theme });
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
