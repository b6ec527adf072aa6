import type { Failure } from '../../src/protocol/contract';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../vscode/support/chromium';
import { cardsNear } from '../../webview/topActivations/cardGrid';
import { activeBins } from '../../webview/topActivations/histogramView';
import { mapsToShow, parseMap, restoredSettings } from '../../webview/topActivations/settings';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { defaultScenario } from './harness/scenario';

describe('the maps that are shown', () => {
  const settings = restoredSettings(null);

  it('are some drawn at random, others for another seed', () => {
    const drawn = mapsToShow(settings, 96);
    expect(new Set(drawn).size).toBe(12);
    expect(mapsToShow(settings, 96)).toEqual(drawn);
    expect(mapsToShow({ ...settings, seed: 2 }, 96)).not.toEqual(drawn);
    expect(mapsToShow(settings, 5)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are all, or the one that was typed', () => {
    expect(mapsToShow({ ...settings, shown: 'all' }, 3)).toEqual([0, 1, 2]);
    expect(mapsToShow({ ...settings, shown: 'one', map: 7 }, 96)).toEqual([7]);
    expect(mapsToShow({ ...settings, shown: 'one', map: 7 }, 4)).toEqual([3]);
    expect(['12', ' 3 ', '13', '-1', 'x', ''].map((text) => parseMap(text, 13))).toEqual([12, 3, null, null, null, null]); // prettier-ignore
  });

  it('are the usual ones where what was kept cannot be used', () => {
    const kept = { layer: 'conv2', shown: 'all', seed: 4, map: 2 };
    expect(restoredSettings(kept)).toEqual(kept);
    for (const change of [{ shown: 'none' }, { seed: -1 }, { map: 'x' }, { layer: 3 }])
      expect(restoredSettings({ ...kept, ...change })).toEqual(settings);
  });

  it('are on the page as far as they can be seen, half a screen around', () => {
    const size = { width: 100, height: 88 };
    const grid = { viewport: 200, columns: 3, count: 1000, size };
    for (const above of [-50, 0, 1234, 40_000]) {
      const { from, to } = cardsNear({ ...grid, above });
      for (let card = 0; card < grid.count; card++) {
        const top = Math.floor(card / 3) * 100 - above;
        const isSeen = top < 200 && top + 88 > 0;
        if (isSeen) expect(card >= from && card < to).toBe(true);
      }
      expect(to - from).toBeLessThanOrEqual(3 * 7);
    }
  });

  it('have a histogram from the first to the last activation, bins side by side', () => {
    const counts = new Uint32Array(64);
    counts[0] = 9;
    counts[33] = 2;
    counts[36] = 1;
    const bins = activeBins(counts);
    expect(bins.map(({ count }) => count)).toEqual([2, 0, 0, 1]);
    expect(bins[0]!.from).toBeCloseTo(1);
    bins.slice(1).forEach((bin, i) => expect(bin.from).toBe(bins[i]!.to));
    expect(activeBins(new Uint32Array(64))).toEqual([]);
  });
});

describe('the panel of top activations', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('topActivations');
  });

  afterAll(() => browser?.close());

  const scanned = { ...defaultScenario.dataSet, isIndexed: true };
  const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();
  const open = (options: OpenOptions = {}) => openPanel(browser, bundles, { width: 1000, height: 800, ...options }); // prettier-ignore
  const drawnPlaces = (page: Page) => page.locator('[data-testid="place"][data-status="ok"]');
  const callsOf = (page: Page, method: string) =>
    page.evaluate((name) => window.harness.calls.filter((call) => call.method === name).map(({ params }) => params), method); // prettier-ignore

  it('scans a folder that was not scanned, and then shows its maps', async () => {
    const page = await open({ dataSet: { ...defaultScenario.dataSet, stepDelay: 3000, waits: true } });
    await inPhase(page, 'running');
    await page
      .getByTestId('pace')
      .filter({ hasText: 'waiting for another scan of these pictures' })
      .waitFor();
    await page.getByTestId('pace').filter({ hasText: 'looking for pictures: 17 so far' }).waitFor();
    await page.getByTestId('note').filter({ hasText: 'when the scan is done' }).waitFor();
    await page.evaluate(() => window.harness.change({ dataSet: { ...window.scenario.dataSet, stepDelay: 100 } })); // prettier-ignore
    await expect.poll(() => page.getByTestId('progress').textContent()).toMatch(/^\d+ of 40/);
    await expect.poll(() => page.getByTestId('pace').textContent()).toMatch(/pictures a second$/);
    await inPhase(page, 'done');
    await drawnPlaces(page).nth(8).waitFor();
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('shows what was scanned at once, and scans no more until it is asked', async () => {
    const page = await open({ dataSet: scanned });
    await inPhase(page, 'done');
    await drawnPlaces(page).first().waitFor();
    expect(await callsOf(page, 'scan')).toEqual([]);
    await page.getByTestId('scan-again').click();
    await page.getByTestId('note').filter({ hasText: '40 pictures in the folder, the same as before.' }).waitFor(); // prettier-ignore
    expect(await callsOf(page, 'scan')).toHaveLength(1);
    expect(await page.getByTestId('progress').textContent()).not.toMatch(/\d of \d/);
    await page.getByTestId('begin-anew').click();
    await page.getByTestId('note').filter({ hasText: '40 new, 0 changed, 0 gone.' }).waitFor();
    await expect.poll(() => callsOf(page, 'discardIndex')).toHaveLength(1);
    await expect.poll(() => callsOf(page, 'scan')).toHaveLength(2);
  });

  it('pauses, shows what there is, and goes on', async () => {
    const page = await open({ dataSet: { ...defaultScenario.dataSet, stepDelay: 100 } });
    await inPhase(page, 'running');
    await expect.poll(() => page.getByTestId('progress').textContent()).toMatch(/^[2-9] of 40/);
    await page.getByTestId('pause').click();
    await inPhase(page, 'paused');
    expect(await callsOf(page, 'pause')).toHaveLength(1);
    await page.evaluate(() => (window.harness.change({ dataSet: { ...window.scenario.dataSet, stepDelay: 0 } }))); // prettier-ignore
    await page.getByTestId('start').click();
    await inPhase(page, 'done');
    await drawnPlaces(page).first().waitFor();
  });

  it('goes on with a scan that failed when it is told to try again', async () => {
    const page = await open({ dataSet: scanned });
    await inPhase(page, 'done');
    const fails = (failure: Failure | null) =>
      page.evaluate((given) => window.harness.change({ dataSet: { ...window.scenario.dataSet, failure: given } }), failure); // prettier-ignore
    await fails({ kind: 'user', code: 'queue-unusable', message: 'The queue cannot be used.', hint: '' });
    await page.getByTestId('scan-again').click();
    await page.getByTestId('failure-message').waitFor();
    await fails(null);
    await page.getByTestId('retry').click();
    await page.getByTestId('note').filter({ hasText: 'the same as before.' }).waitFor();
    expect(await callsOf(page, 'scan')).toHaveLength(2);
  });

  it('opens the picture of a place with its unit, by pointer and keys', async () => {
    const page = await open({ dataSet: scanned });
    await drawnPlaces(page).nth(8).waitFor();
    const card = page.getByTestId('map-card').first();
    const map = Number(await card.getAttribute('data-map'));
    await card.getByTestId('place').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => callsOf(page, 'openUnit')).toHaveLength(1);
    expect((await callsOf(page, 'openUnit'))[0]).toMatchObject({ layer: 'conv1', map, image: 'b/lighthouse-4.png' }); // prettier-ignore
    const label = await card.getByTestId('place').nth(4).getAttribute('aria-label');
    expect(label).toMatch(/^b\/lighthouse-4\.png: [\d.]+ at row \d+, column \d+$/);
    await card.locator('span.place').nth(1).click();
    await expect.poll(() => callsOf(page, 'openUnit')).toHaveLength(2);
  });

  it('keeps of all maps of a layer only those near the screen on the page', async () => {
    const page = await open({ dataSet: scanned });
    await drawnPlaces(page).first().waitFor();
    await page.getByTestId('shown').evaluate((list: HTMLSelectElement) => {
      list.value = 'all';
      list.dispatchEvent(new Event('change'));
    });
    const card = (map: number) => page.locator(`[data-testid="map-card"][data-map="${map}"]`);
    await card(0).waitFor();
    expect(await page.getByTestId('map-card').count()).toBeLessThan(30);
    await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
    await card(95).locator('[data-status="ok"]').first().waitFor();
    expect(await card(0).count()).toBe(0);
  });

  it('shows one map large with its histogram, inactive maps, and pictures that could not be read', async () => {
    const page = await open({ dataSet: { ...scanned, unread: ['harbour-1.jpg'] } });
    await page
      .getByTestId('summary')
      .filter({ hasText: '39 pictures; 96 maps, 8 of them inactive' })
      .waitFor();
    const field = page.getByTestId('map').locator('input');
    await field.fill('96');
    await field.press('Enter');
    expect(await page.getByTestId('notice').textContent()).toBe('Maps are numbers from 0 to 95.');
    await field.fill('5');
    await field.press('Enter');
    await page.getByTestId('histogram').locator('svg').waitFor();
    expect(await page.getByTestId('map-card').count()).toBe(1);
    await page.locator('[data-testid="place"][data-status="failed"]').waitFor();
    await page.getByTestId('problems').locator('summary').click();
    await page.getByText('harbour-1.jpg is no picture that can be read.').waitFor();
    await page.getByTestId('inactive-maps').locator('summary').click();
    await page.getByTestId('inactive-maps').getByRole('button', { name: 'map 10' }).click();
    await page.getByText('inactive', { exact: true }).waitFor();
  });

  it('says after a scan what could not be read, also where that is all there is', async () => {
    const unread = ['harbour-1.jpg', 'private/'];
    const page = await open({ dataSet: { ...defaultScenario.dataSet, unread, stepDelay: 0 } });
    await inPhase(page, 'done');
    await page.getByTestId('note').filter({ hasText: 'Could not be read: one picture and one folder, listed below.' }).waitFor(); // prettier-ignore
    await page.getByTestId('problems').locator('summary').click();
    await page.getByText('The folder private cannot be read (EACCES)').waitFor();
    const empty = await open({ dataSet: { ...scanned, pictures: 2, unread } });
    await empty.getByTestId('note').filter({ hasText: 'No picture could be read.' }).waitFor();
    await empty.getByTestId('problems').filter({ hasText: '(2)' }).waitFor();
  });

  it('only looks at an index that was made elsewhere, and says which pictures are not where it names them', async () => {
    const unread = ['harbour-1.jpg', 'harbour-3.jpg'];
    const page = await open({ dataSet: { ...scanned, index: '/runs/photos.index', unread } });
    await inPhase(page, 'done');
    await drawnPlaces(page).first().waitFor();
    expect(await page.getByTestId('facts').textContent()).toContain('/data/photos · photos.index');
    await page
      .getByTestId('unread')
      .filter({
        hasText:
          '2 pictures that should be here cannot be read from /data/photos; each says why. Open the index again',
      })
      .waitFor();
    for (const name of ['scan-again', 'begin-anew']) expect(await page.getByTestId(name).isVisible()).toBe(false); // prettier-ignore
    expect(await callsOf(page, 'scan')).toEqual([]);
  });

  it('says in a sentence why a scan cannot be, and offers to try again', async () => {
    const failure = { kind: 'user', code: 'another-index', message: 'The index is for another model.', hint: 'Begin anew.' } as const; // prettier-ignore
    const page = await open({ dataSet: { ...defaultScenario.dataSet, failure } });
    await page.getByTestId('failure-message').filter({ hasText: failure.message }).waitFor();
    await page.evaluate(() => (window.harness.change({ dataSet: { ...window.scenario.dataSet, failure: null } }))); // prettier-ignore
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
  });

  it('begins anew where the index is for another model', async () => {
    const failure = { kind: 'user', code: 'another-index', message: 'The index is for another model.', hint: '' } as const; // prettier-ignore
    const page = await open({ dataSet: { ...scanned, failure } });
    await page.getByTestId('failure-message').filter({ hasText: failure.message }).waitFor();
    expect(await page.getByTestId('layer').count()).toBe(0);
    await page.getByTestId('begin-anew').click();
    await inPhase(page, 'done');
    expect(await callsOf(page, 'discardIndex')).toHaveLength(1);
    await drawnPlaces(page).first().waitFor();
  });

  it('goes on after the engine died', async () => {
    const page = await open({ dataSet: scanned });
    await drawnPlaces(page).first().waitFor();
    await page.evaluate(() => window.harness.engineDown());
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
    await drawnPlaces(page).nth(8).waitFor();
  });

  it('exports figure, table, numbers and a report', async () => {
    const page = await open({ dataSet: scanned });
    await drawnPlaces(page).nth(40).waitFor();
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(4);
    const saved = await page.evaluate(() =>
      window.harness.saved.map(({ name, content }) => ({ name, text: new TextDecoder().decode(content) })),
    );
    const textOf = (ending: string) => saved.find(({ name }) => name.endsWith(ending))!.text;
    expect(textOf('.csv').split('\r\n')[0]).toBe('layer,map,place,activation,image,row,column');
    expect(textOf('.csv').trim().split('\n').length).toBeGreaterThan(60);
    expect(JSON.parse(textOf('.json'))).toMatchObject({
      images: 40,
      settings: { layer: 'conv1', seed: 1 },
      modelHash: expect.any(String) as unknown,
    });
    expect(textOf('.html')).not.toContain('<script');
  });

  it.each(['light', 'dark', 'highContrast'] as const)('is accessible in the %s theme', async (theme) => {
    const page = await open({ dataSet: { ...scanned, unread: ['harbour-1.jpg'] }, theme });
    await drawnPlaces(page).first().waitFor();
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const results = await (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }); // prettier-ignore
      return results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    });
    expect(violations).toEqual([]);
  });
});
