import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTrain, restoredSettings } from '../../webview/features/settings';
import { launchChromium } from '../vscode/support/chromium';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { defaultScenario } from './harness/scenario';

describe('what is rated', () => {
  it('are numbers of pictures as they are typed, in order and once', () => {
    expect(['30, 1 5,1', '7', '0', '1,x', '', '-3'].map(parseTrain)).toEqual([[1, 5, 30], [7], null, null, null, null]); // prettier-ignore
  });

  it('is the usual where what was kept cannot be used', () => {
    const kept = {
      layers: ['conv2'],
      pooling: 'max',
      classifiers: ['svm'],
      train: [1, 5],
      test: 20,
      folds: 3,
      seed: 4,
    };
    expect(restoredSettings(kept)).toEqual(kept);
    for (const change of [
      { layers: [3] },
      { pooling: 'x' },
      { train: [] },
      { train: ['0'] },
      { classifiers: [] },
      { classifiers: ['svm', 'toString'] },
      { test: 0 },
      { test: 51 },
      { folds: 4 },
      { seed: -1 },
    ])
      expect(restoredSettings({ ...kept, ...change })).toEqual(restoredSettings(null));
  });
});

describe('the panel of features', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('features');
  });

  afterAll(() => browser?.close());

  const open = (options: OpenOptions = {}) =>
    openPanel(browser, bundles, { width: 1000, height: 900, ...options });
  const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();
  const callsOf = (page: Page, method: string) =>
    page.evaluate((name) => window.harness.calls.filter((call) => call.method === name).map(({ params }) => params), method); // prettier-ignore
  const rate = async (page: Page) => {
    await page.getByTestId('start').click();
    await inPhase(page, 'done');
  };

  it('rates when it is told to, and shows accuracy beside the paper', async () => {
    const page = await open();
    await inPhase(page, 'waiting');
    expect(await callsOf(page, 'rate')).toEqual([]);
    await rate(page);
    expect(await callsOf(page, 'rate')).toEqual([{ pooling: 'mean', classifiers: ['softmax', 'svm'], train: [1, 3, 6, 15, 30], test: 50, folds: 5, seed: 0 }]); // prettier-ignore
    expect(await page.getByTestId('plan').textContent()).toMatch(
      /^3 classes, 40 pictures\. Features: conv1 96, /,
    );
    expect(await page.getByTestId('notes').textContent()).toContain('are left out: pen.');
    const rows = page.getByTestId('ratings').locator('tbody tr');
    expect(await rows.count()).toBe(5 * 2 * 5);
    // Five folds with 8, 9, 8, 9, 8 of 60 wrong: a mean of 86.0, a standard deviation of 0.9.
    expect(await rows.first().locator('th, td').allTextContents()).toEqual([
      'conv1',
      'softmax',
      '1',
      '86.0 ± 0.9',
    ]);
    expect(await page.getByTestId('paper').textContent()).toContain('86.5 ± 0.5');
    expect(await page.getByTestId('confused').locator('tbody tr').first().locator('th, td').allTextContents()).toEqual(['owl', 'cup', '5']); // prettier-ignore
    expect(await page.getByTestId('chart').count()).toBe(4);
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('draws which classes are taken for which the denser the more often, with counts', async () => {
    const page = await open();
    await inPhase(page, 'waiting');
    await rate(page);
    const confusion = page.getByTestId('chart').last();
    const cells = await confusion
      .locator('[aria-label="cell"] rect')
      .evaluateAll((rects) =>
        rects.map((rect) => ({ told: rect.textContent, density: Number(rect.getAttribute('fill-opacity')) })),
      );
    expect(cells).toEqual([
      { told: 'cup taken for cup: 100 of 100', density: 1 },
      { told: 'owl taken for cup: 5 of 100', density: 0.15 + 0.85 * 0.05 },
      { told: 'owl taken for owl: 95 of 100', density: 0.15 + 0.85 * 0.95 },
      { told: 'tree taken for tree: 100 of 100', density: 1 },
    ]);
    expect(await confusion.locator('[aria-label="text"] text').allTextContents()).toEqual([
      '100',
      '5',
      '95',
      '100',
    ]);
  });

  it('takes other layers, pooling, classifiers, pictures, folds and seed, waits for the start, and keeps them', async () => {
    const page = await open();
    await inPhase(page, 'waiting');
    for (const [list, value] of [
      ['add-layer', 'conv3'],
      ['pooling', 'max'],
      ['classifiers', 'svm'],
      ['folds', '1'],
    ] as const)
      await page.getByTestId(list).evaluate((element: HTMLSelectElement, chosen) => {
        element.value = chosen;
        element.dispatchEvent(new Event('change'));
      }, value);
    const field = page.getByTestId('train').locator('input');
    await field.fill('none');
    await field.press('Enter');
    expect(await page.getByTestId('notice').textContent()).toContain('like 1, 5, 30');
    await field.fill('5, 2');
    await field.press('Enter');
    await page.getByTestId('test').fill('12');
    const seed = page.getByTestId('seed').locator('input');
    await seed.fill('-1');
    await seed.press('Enter');
    expect(await page.getByTestId('notice').textContent()).toContain('whole number from 0');
    await seed.fill('77');
    await seed.press('Enter');
    expect(await page.getByTestId('notice').textContent()).toBe('');
    await rate(page);
    const chosen = { layers: ['conv3'], pooling: 'max', classifiers: ['svm'], train: [2, 5], test: 12, folds: 1, seed: 77 }; // prettier-ignore
    expect(await callsOf(page, 'rate')).toEqual([chosen]);
    expect(await page.getByTestId('ratings').locator('tbody tr').allTextContents()).toHaveLength(2);
    await expect.poll(async () => (await callsOf(page, 'keep')).at(-1)).toMatchObject({ state: { settings: chosen } }); // prettier-ignore
    await page.getByTestId('rate-again').click();
    await expect.poll(() => callsOf(page, 'rate')).toHaveLength(2);
  });

  it('adds a layer to those that are shown after another setting was changed', async () => {
    const page = await open();
    await rate(page);
    const chips = () => page.locator('.chip').evaluateAll((all) => all.map((chip) => chip.firstChild!.textContent)); // prettier-ignore
    const shown = await chips();
    const change = (list: string, value: string) =>
      page.getByTestId(list).evaluate((element: HTMLSelectElement, chosen) => {
        element.value = chosen;
        element.dispatchEvent(new Event('change'));
      }, value);
    await change('pooling', 'max');
    await page.getByTestId('ratings').waitFor({ state: 'hidden' });
    expect(await chips()).toEqual(shown);
    await change('add-layer', 'fc6');
    await expect.poll(async () => (await chips()).toSorted()).toEqual([...shown, 'fc6'].toSorted());
  });

  it('says what it does meanwhile, pauses, and says in a sentence why it cannot go on', async () => {
    const failure = { kind: 'user', code: 'too-few-classes', message: 'photos has no two folders of images.', hint: '' } as const; // prettier-ignore
    const page = await open({ dataSet: { ...defaultScenario.dataSet, stepDelay: 1500 } });
    await page.getByTestId('start').click();
    await page.getByTestId('pace').filter({ hasText: 'looking for pictures: 17 so far' }).waitFor();
    await page.getByTestId('pace').filter({ hasText: 'comparing the pictures' }).waitFor();
    await expect.poll(() => page.getByTestId('progress').textContent()).toMatch(/^4 of 40/);
    await page.getByTestId('pace').filter({ hasText: 'extracting features' }).waitFor();
    await page.getByTestId('pause').click();
    await inPhase(page, 'paused');
    await page.evaluate((value) => (window.harness.change({ dataSet: { ...window.scenario.dataSet, failure: value } })), failure); // prettier-ignore
    await page.getByTestId('start').click();
    await page.getByTestId('failure-message').filter({ hasText: failure.message }).waitFor();
  });

  it('is there again with its ratings after the engine died', async () => {
    const page = await open();
    await rate(page);
    await page.evaluate(() => window.harness.engineDown());
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
    await page.getByTestId('ratings').waitFor();
    expect(await callsOf(page, 'rate')).toHaveLength(1);
  });

  it('exports charts, ratings, numbers and a report', async () => {
    const page = await open();
    await rate(page);
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(4);
    const saved = await page.evaluate(() =>
      window.harness.saved.map(({ name, content }) => ({ name, text: new TextDecoder().decode(content) })),
    );
    const textOf = (ending: string) => saved.find(({ name }) => name.endsWith(ending))!.text;
    expect(textOf('.csv').trim().split('\r\n')).toHaveLength(1 + 5 * 2 * 5 * 5);
    expect(JSON.parse(textOf('.json'))).toMatchObject({
      settings: { folds: 5 },
      confusion: { layer: 'conv4' },
    });
    expect(textOf('.html')).not.toContain('<script');
    expect(textOf('.html').match(/<img/g)).toHaveLength(4);
  });

  it.each(['light', 'dark', 'highContrast'] as const)('is accessible in the %s theme', async (theme) => {
    const page = await open({ theme });
    await inPhase(page, 'waiting');
    await rate(page);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
