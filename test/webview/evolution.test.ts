import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvolutionCell } from '../../src/protocol/evolution';
import { hasChanged } from '../../webview/evolution/cells';
import { settledText } from '../../webview/evolution/curvesView';
import { checkpointName, checkpointNumbers } from '../../webview/evolution/evolutionModel';
import { restoredSettings } from '../../webview/evolution/settings';
import { launchChromium } from '../vscode/support/chromium';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { defaultScenario } from './harness/scenario';
import { syntheticConvergence, syntheticPlan } from './harness/syntheticEvolution';

const dataSet = { ...defaultScenario.dataSet, model: '/runs/zfnet' };
const plan = syntheticPlan(defaultScenario, { maps: 3 });

describe('checkpoints', () => {
  it('are called by their epoch, else by their file', () => {
    expect(checkpointName({ file: '/runs/a/last.onnx', name: 'last.onnx', epoch: null })).toBe('last.onnx');
    expect(checkpointName({ file: '/runs/a/e3.onnx', name: 'e3.onnx', epoch: 3 })).toBe('epoch 3');
  });

  it('are on the axis at their epochs, side by side where these do not tell them apart', () => {
    const numbersOf = (...epochs: (number | null)[]) =>
      checkpointNumbers({ ...plan, checkpoints: epochs.map((epoch) => ({ file: '', name: '', epoch })) });
    expect(numbersOf(1, 5, 64)).toEqual([1, 5, 64]);
    expect(numbersOf(1, 5, 5)).toEqual([0, 1, 2]);
    expect(numbersOf(1, 5, null)).toEqual([0, 1, 2]);
  });

  it('are marked where another picture became the strongest, not beside one where none is', () => {
    const row = ['a', 'a', 'b', null, 'b', undefined, 'a'].map((image): EvolutionCell | undefined =>
      image === undefined ? undefined : { checkpoint: 0, layer: 'conv1', map: 0, image, unit: null },
    );
    expect(row.map((_, checkpoint) => hasChanged(row, checkpoint))).toEqual([false, false, true, false, false, false, false]); // prettier-ignore
  });

  it('say since when each layer has hardly changed', () => {
    expect(settledText({ plan, curves: syntheticConvergence(plan) })).toBe(
      'Filters correlate at least 0.9 with the last ones: conv1 from epoch 2, conv2 from epoch 5, conv3 from epoch 10, conv4 from epoch 20, conv5 from epoch 64.',
    );
  });

  it('are compared as usual where what was kept cannot be used', () => {
    const kept = { layers: ['conv2'], maps: 9, seed: 4, contrast: 'map' };
    expect(restoredSettings(kept)).toEqual(kept);
    for (const change of [{ maps: 5 }, { seed: -1 }, { contrast: 'x' }, { layers: [3] }, { layers: 'conv2' }])
      expect(restoredSettings({ ...kept, ...change })).toEqual(restoredSettings(null));
  });
});

describe('the panel of checkpoints', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('evolution');
  });

  afterAll(() => browser?.close());

  const open = (options: OpenOptions = {}) => openPanel(browser, bundles, { width: 1200, height: 900, dataSet, ...options }); // prettier-ignore
  const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();
  const cells = (page: Page, status: string) => page.locator(`[data-testid="cell"][data-status="${status}"]`);
  const callsOf = (page: Page, method: string) =>
    page.evaluate((name) => window.harness.calls.filter((call) => call.method === name).map(({ params }) => params), method); // prettier-ignore
  const choose = (page: Page, list: string, entry: string) =>
    page.getByTestId(list).evaluate((element: HTMLSelectElement, value) => {
      element.value = value;
      element.dispatchEvent(new Event('change'));
    }, entry);

  it('shows maps as rows and epochs as columns, and where the picture changed', async () => {
    const page = await open();
    await inPhase(page, 'done');
    expect(await page.getByTestId('facts').textContent()).toBe('Checkpoints in zfnet over photos');
    expect(await page.getByTestId('plan').textContent()).toBe('6 models, 40 pictures');
    const table = page.getByTestId('layer-table').nth(1);
    expect(await table.locator('caption').textContent()).toBe('conv2');
    expect(await table.locator('thead th').allTextContents()).toEqual(
      [1, 2, 5, 10, 20, 64].map((epoch) => `epoch ${epoch}`),
    );
    expect(await table.locator('tbody th').allTextContents()).toEqual([0, 3, 6, 9, 12, 15].map((map) => `map ${map}`)); // prettier-ignore
    const changed = await table.locator('[data-changed]').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label'))); // prettier-ignore
    expect(changed).toHaveLength(6);
    for (const label of changed) expect(label).toMatch(/^map \d+, epoch 5: [\d.]+ in b\/lighthouse\.png, another picture than before$/); // prettier-ignore
    expect(await cells(page, 'inactive').first().getAttribute('aria-label')).toBe('map 15, epoch 1: inactive'); // prettier-ignore
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('says what could not be read, in the panel and in what is saved', async () => {
    const page = await open({ dataSet: { ...dataSet, unread: ['private/', 'broken.jpg'] } });
    await inPhase(page, 'done');
    const list = page.getByTestId('problems');
    expect(await list.locator('summary').textContent()).toBe(
      'Pictures and folders that could not be read (2)',
    );
    await list.locator('summary').click();
    await page.getByText('The folder private cannot be read (EACCES)').waitFor();
    for (const format of ['json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(2);
    const saved = await page.evaluate(() => window.harness.saved.map(({ content }) => new TextDecoder().decode(content))); // prettier-ignore
    for (const text of saved) expect(text).toContain('broken.jpg is no picture that can be read.');
    const readable = await open();
    await inPhase(readable, 'done');
    expect(await readable.getByTestId('problems').isVisible()).toBe(false);
  });

  it('fills epoch by epoch, the last one first, and pauses', async () => {
    const page = await open({ dataSet: { ...dataSet, stepDelay: 2000 } });
    await cells(page, 'ok').first().waitFor();
    const labels = await cells(page, 'ok').evaluateAll((all) => all.map((cell) => cell.getAttribute('aria-label') ?? '')); // prettier-ignore
    expect(labels.every((label) => label.includes('epoch 64'))).toBe(true);
    expect(await page.getByTestId('curves').isVisible()).toBe(false);
    await page.getByTestId('pause').click();
    await inPhase(page, 'paused');
    await page.evaluate(() => (window.harness.change({ dataSet: { ...window.scenario.dataSet, stepDelay: 0 } }))); // prettier-ignore
    await page.getByTestId('start').click();
    await inPhase(page, 'done');
    expect(await page.getByTestId('curves').isVisible()).toBe(true);
  });

  it('compares the layers, and as many maps, that are chosen', async () => {
    const page = await open();
    await inPhase(page, 'done');
    const layers = ['conv2', 'conv3', 'conv4', 'conv5'];
    const comparedAnew = async (calls: number, settings: object) => {
      await expect.poll(() => callsOf(page, 'compare')).toHaveLength(calls);
      expect((await callsOf(page, 'compare')).at(-1)).toEqual(settings);
      await inPhase(page, 'done');
    };
    await comparedAnew(1, { maps: 6, seed: 0 });
    await page.getByRole('button', { name: 'Remove conv1' }).click();
    await comparedAnew(2, { maps: 6, seed: 0, layers });
    await choose(page, 'maps', '3');
    await comparedAnew(3, { maps: 3, seed: 0, layers });
    await page.getByTestId('draw').click();
    await comparedAnew(4, { maps: 3, seed: 1, layers });
    await choose(page, 'add-layer', 'conv1');
    await comparedAnew(5, { maps: 3, seed: 1, layers: ['conv1', ...layers] });
    expect(await page.getByTestId('layer-table').count()).toBe(5);
  });

  it('changes the contrast without comparing again', async () => {
    const page = await open();
    await inPhase(page, 'done');
    const pictures = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join('\n'),
      );
    const before = await pictures();
    await choose(page, 'contrast', 'map');
    await expect.poll(async () => (await pictures()) === before).toBe(false);
    await choose(page, 'contrast', 'tile');
    await expect.poll(async () => (await pictures()) === before).toBe(true);
    expect(await callsOf(page, 'compare')).toHaveLength(1);
  });

  it('opens a unit of the checkpoint, by pointer and keys', async () => {
    const page = await open();
    await inPhase(page, 'done');
    await cells(page, 'ok').first().click();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => callsOf(page, 'openUnit')).toHaveLength(2);
    expect(await callsOf(page, 'openUnit')).toMatchObject([
      { checkpoint: 'epoch-1.onnx', layer: 'conv1', map: 0, image: 'a/harbour.jpg' },
      { checkpoint: 'epoch-2.onnx', layer: 'conv1', map: 3, image: 'b/lighthouse.png' },
    ]);
    await cells(page, 'inactive').first().click({ force: true });
    expect(await callsOf(page, 'openUnit')).toHaveLength(2);
  });

  it('reads both curves at one cursor', async () => {
    const page = await open();
    await inPhase(page, 'done');
    await page.getByTestId('chart').first().focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    expect(await page.getByTestId('reading').textContent()).toBe('epoch 5: conv1 1.00, conv2 1.00, conv3 0.75, conv4 0.60, conv5 0.50'); // prettier-ignore
    expect(await page.getByTestId('chart').nth(1).getAttribute('aria-valuetext')).toBe('epoch 5: conv1 1.00, conv2 1.00, conv3 0.56, conv4 0.36, conv5 0.25'); // prettier-ignore
  });

  it('is there again with what was compared after the engine died', async () => {
    const page = await open();
    await inPhase(page, 'done');
    await page.evaluate(() => window.harness.engineDown());
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
    await cells(page, 'ok').first().waitFor();
    expect(await callsOf(page, 'compare')).toHaveLength(1);
    await page.getByTestId('compare-again').click();
    await expect.poll(() => callsOf(page, 'compare')).toHaveLength(2);
  });

  it('says in a sentence why checkpoints cannot be compared', async () => {
    const failure = { kind: 'user', code: 'too-few-checkpoints', message: 'There is one model in /runs/zfnet: evolution compares at least two.', hint: '' } as const; // prettier-ignore
    const page = await open({ dataSet: { ...dataSet, failure } });
    await page.getByTestId('failure-message').filter({ hasText: failure.message }).waitFor();
    await page.evaluate(() => (window.harness.change({ dataSet: { ...window.scenario.dataSet, failure: null } }))); // prettier-ignore
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
  });

  it('exports the figure, the curves, numbers and a report', async () => {
    const page = await open();
    await inPhase(page, 'done');
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.length)).toBe(4);
    const saved = await page.evaluate(() =>
      window.harness.saved.map(({ name, content }) => ({ name, text: new TextDecoder().decode(content) })),
    );
    const textOf = (ending: string) => saved.find(({ name }) => name.endsWith(ending))!.text;
    expect(textOf('.csv').split('\r\n').slice(0, 2)).toEqual(['layer,checkpoint,filters,projections', 'conv1,epoch 1,0.5,0.25']); // prettier-ignore
    const json = JSON.parse(textOf('.json')) as { readonly units: readonly unknown[] };
    expect(json).toMatchObject({
      settings: { seed: 0, maps: 6 },
      checkpoints: [{ file: 'epoch-1.onnx', epoch: 1 }, {}, {}, {}, {}, {}],
      modelHash: expect.any(String) as unknown,
    });
    expect(json.units).toHaveLength(5 * 6 * 6);
    expect(textOf('.html')).not.toContain('<script');
    expect(textOf('.html').match(/<img/g)).toHaveLength(7);
  });

  it.each(['light', 'dark', 'highContrast'] as const)('is accessible in the %s theme', async (theme) => {
    const page = await open({ theme });
    await inPhase(page, 'done');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
