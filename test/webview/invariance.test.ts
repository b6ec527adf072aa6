import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../vscode/support/chromium';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import type { ThemeName } from './harness/themes';

let browser: Browser;
let bundles: Bundles;

beforeAll(async () => {
  browser = await launchChromium();
  bundles = await bundle('invariance');
});

afterAll(() => browser?.close());

const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();

async function measured(options: OpenOptions = {}): Promise<Page> {
  const page = await openPanel(browser, bundles, { width: 900, height: 1100, ...options });
  await inPhase(page, 'done');
  return page;
}

/** Gives a list or slider another value, as a user does. */
const change = (page: Page, name: string, value: string) =>
  page.getByTestId(name).evaluate((control: HTMLInputElement, to) => {
    control.value = to;
    control.dispatchEvent(new Event('change'));
  }, value);

const requests = (page: Page) =>
  page.evaluate(
    () =>
    window.harness.calls
      .filter(({ method }) => method === 'invariance')
      .map(({ params }) => params as { image: string; kind: string; values: number[]; layers?: string[]; label?: number; known?: { count: number } }), // prettier-ignore
  );
const cursors = (page: Page) =>
  page
    .getByTestId('chart')
    .evaluateAll((charts) => charts.map((chart) => chart.getAttribute('aria-valuenow')));

describe('the panel about feature invariance', () => {
  it('draws the first and the last layer and the probability for every picture', async () => {
    const page = await measured();
    expect(await page.getByTestId('progress').textContent()).toBe('50 of 50');
    const titles = await page
      .getByTestId('chart')
      .evaluateAll((charts) => charts.map((chart) => chart.ariaLabel));
    expect(titles).toEqual(['conv1: distance', 'fc6: distance', 'P(label)'].map((y) => `${y} over Vertical translation (pixels)`)); // prettier-ignore
    expect((await requests(page)).map(({ image, kind, values }) => [image, kind, values.length])).toEqual([
      ['/pictures/lighthouse.png', 'vertical', 25],
      ['/pictures/harbour.jpg', 'vertical', 25],
    ]);
    expect(await page.getByTestId('steepness').textContent()).toMatch(/^conv1: .*fc6: /);
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('moves one cursor in all charts, in the table and in the pictures, by pointer and by keys', async () => {
    const page = await measured();
    const chart = page.getByTestId('chart').first();
    const box = (await chart.locator('svg').boundingBox())!;
    await page.mouse.move(box.x + 0.7 * box.width, box.y + 0.5 * box.height);
    await expect.poll(async () => new Set(await cursors(page)).size).toBe(1);
    const [pointed] = await cursors(page);
    expect(Number(pointed)).toBeGreaterThan(20);
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await cursors(page)).map(Number)).toEqual(Array(3).fill(Number(pointed) + 5)); // prettier-ignore
    expect(await page.locator('caption').textContent()).toBe(`Vertical translation ${Number(pointed) + 5}`);
    const picture = page.getByTestId('transformed').locator('canvas').first();
    expect(await picture.getAttribute('aria-label')).toContain(`Vertical translation ${Number(pointed) + 5}`);
    const top = await picture.evaluate((canvas: HTMLCanvasElement) =>
      Array.from(canvas.getContext('2d')!.getImageData(5, 2, 1, 1).data),
    );
    expect(top).toEqual([128, 128, 128, 255]);
  });

  it('measures anew what is changed, and keeps what is known', async () => {
    const page = await measured({ subject: { model: '/models/zfnet.onnx', images: ['/pictures/lighthouse.png'], image: '/pictures/lighthouse.png' } }); // prettier-ignore
    await change(page, 'kind', 'scale');
    await expect.poll(async () => (await requests(page)).at(-1)?.kind).toBe('scale');
    await inPhase(page, 'done');
    const label = page.getByTestId('label').first();
    await label.fill('460');
    await label.press('Enter');
    await expect.poll(async () => (await requests(page)).at(-1)?.label).toBe(460);
    await inPhase(page, 'done');
    await change(page, 'kind', 'vertical');
    await label.fill('437');
    await label.press('Enter');
    await expect.poll(() => page.getByTestId('progress').textContent()).toBe('25 of 25');
    await inPhase(page, 'done');
  });

  it('takes another reach, number of steps and layers, and divides by the norm', async () => {
    const page = await measured();
    await change(page, 'reach', '20');
    await change(page, 'steps', '5');
    await expect.poll(async () => (await requests(page)).at(-1)?.values).toEqual([-20, -10, 0, 10, 20]);
    await change(page, 'add-layer', 'conv3');
    await expect.poll(async () => (await requests(page)).at(-1)?.layers).toEqual(['conv1', 'conv3', 'fc6']);
    await page.getByRole('button', { name: 'conv1' }).click();
    await expect.poll(async () => (await requests(page)).at(-1)?.layers).toEqual(['conv3', 'fc6']);
    await page.getByTestId('relative').click();
    await expect.poll(() => page.getByTestId('chart').evaluateAll((charts) => charts.map((chart) => chart.ariaLabel))).toEqual(['conv3: distance / norm', 'fc6: distance / norm', 'P(label)'].map((y) => `${y} over Vertical translation (pixels)`)); // prettier-ignore
  });

  it('adds a layer to those that are shown while a new measurement has not begun', async () => {
    const page = await measured();
    await page.evaluate(() => window.harness.change({ unitDelay: 60_000 }));
    await change(page, 'steps', '5');
    await expect.poll(async () => (await requests(page)).at(-1)?.values).toHaveLength(5);
    await change(page, 'add-layer', 'conv3');
    await expect.poll(async () => (await requests(page)).at(-1)?.layers).toEqual(['conv1', 'conv3', 'fc6']);
  });

  it('compares the shown picture and those after it, five at most', async () => {
    const images = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `/pictures/${name}.png`);
    const page = await measured({ subject: { model: '/models/zfnet.onnx', images, image: images[0]! } });
    expect((await requests(page)).map(({ image }) => image)).toEqual(images.slice(0, 5));
  });

  it('goes on where it was when it is opened again', async () => {
    const page = await measured();
    await page.evaluate(() => window.harness.show(window.scenario.subject));
    await expect.poll(async () => (await requests(page)).length).toBe(4);
    const again = (await requests(page)).slice(2);
    expect(again.map(({ known }) => known?.count)).toEqual([25, 25]);
  });

  it('exports pictures, numbers and a report', async () => {
    const page = await measured();
    for (const format of ['png', 'csv', 'json', 'html']) await page.getByTestId(`export-${format}`).click();
    await expect.poll(() => page.evaluate(() => window.harness.saved.map(({ name }) => name).sort())).toEqual(['invariance.csv', 'invariance.html', 'invariance.json', 'invariance.png']); // prettier-ignore
    const texts = await page.evaluate(() =>
      window.harness.saved.map(({ name, content }) => [name, new TextDecoder().decode(content)]),
    );
    const { 'invariance.csv': table, 'invariance.html': report } = Object.fromEntries(texts) as Record<string, string>; // prettier-ignore
    expect(table!.trim().split('\r\n')).toHaveLength(1 + 2 * 25 * 2);
    const facts = ['SHA-256 of the model', 'conv1, fc6', 'lighthouse.png: beacon', 'Euclidean', 'rgb(128, 128, 128)', 'bicubic', '-60 to 60, 25 values']; // prettier-ignore
    for (const text of facts) expect(report).toContain(text);
    expect(report!.match(/<tr>/g)!.length).toBeGreaterThan(2 * 25 * 2);
    expect(report!.match(/data:image\/png/g)).toHaveLength(3);
  });

  it('shows distances alone where there is no classifier', async () => {
    const page = await measured({ isClassifier: false });
    expect(await page.getByTestId('chart').count()).toBe(2);
    expect(await page.getByTestId('notes').textContent()).toBe('The model is no classifier.');
  });

  it.each<ThemeName>(['light', 'dark', 'highContrast'])('is accessible in the %s theme', async (theme) => {
    const page = await measured({ theme });
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
