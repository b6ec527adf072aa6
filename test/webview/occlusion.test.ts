import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../vscode/support/chromium';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';

let browser: Browser;
let bundles: Bundles;

beforeAll(async () => {
  browser = await launchChromium();
  bundles = await bundle('occlusion');
});

afterAll(() => browser?.close());

async function open(options: OpenOptions = {}): Promise<Page> {
  return openPanel(browser, bundles, { width: 900, height: 1100, ...options });
}

const inPhase = (page: Page, phase: string) => page.locator(`.progress[data-phase="${phase}"]`).waitFor();

async function swept(options: OpenOptions = {}): Promise<Page> {
  const page = await open(options);
  await inPhase(page, 'done');
  return page;
}

const numbers = (page: Page) => page.getByTestId('numbers').textContent();
const occlusions = (page: Page) =>
  page.evaluate(() =>
    window.harness.calls
      .filter(({ method }) => method === 'occlude')
      .map(({ params }) => params as { size: number[]; known?: { windows: Int32Array }; maps?: unknown[] }),
  );

describe('the occlusion panel', () => {
  it('sweeps at once, with maps, a legend and a summary', async () => {
    const page = await swept();
    expect(await page.getByTestId('progress').textContent()).toBe('625 of 625');
    expect(await page.locator('.map-views figcaption').allTextContents()).toEqual([
      'Picture with the square',
      'Activity of conv5 map 7',
      'Probability of beacon',
      'Most probable class',
    ]);
    expect(await page.getByTestId('label-legend').locator('li').count()).toBe(3);
    expect(await page.getByTestId('summary').textContent()).toContain('beacon falls from 91.0 % to 1.4 %');
    const drops = page.getByRole('table', { name: 'Largest drops' });
    expect(await drops.getByRole('row').nth(1).textContent()).toMatch(
      /^Probability of beacon91.0 %1.4 %98.4 %/,
    );
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('moves the square with the pointer over any map, and with the keys', async () => {
    const page = await swept();
    const map = page.locator('.map-views canvas.heat').nth(2);
    const box = (await map.boundingBox())!;
    await page.mouse.move(box.x + 0.375 * box.width, box.y + 0.25 * box.height);
    await expect.poll(() => numbers(page)).toMatch(/^rows 40 to 71, columns 64 to 95: beacon 1\.4 %/);
    await map.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => numbers(page)).toMatch(/^rows 48 to 79, columns 56 to 87:/);
    expect(await map.getAttribute('aria-label')).toContain('rows 48 to 79, columns 56 to 87');
    await page.keyboard.press('End');
    await expect.poll(() => numbers(page)).toMatch(/columns 192 to 223:/);
  });

  it('pauses at once, and goes on with what is left', async () => {
    const page = await open({ unitDelay: 60 });
    await page.getByText(/^[1-9]\d* of 625 · about \d+ (s|min) left$/).waitFor();
    await page.getByTestId('pause').click();
    await inPhase(page, 'paused');
    await expect.poll(() => page.evaluate(() => window.harness.cancelled)).toEqual(['occlude']);
    await page.evaluate(() => window.harness.change({ unitDelay: 0 }));
    await page.getByTestId('start').click();
    await inPhase(page, 'done');
    const [first, second] = await occlusions(page);
    expect(first!.known).toBeUndefined();
    const windows = await page.evaluate(() => {
      const calls = window.harness.calls.filter(({ method }) => method === 'occlude');
      return (calls[1]!.params as { known: { windows: Int32Array } }).known.windows.length;
    });
    expect(second).toBeDefined();
    expect(windows).toBeGreaterThan(0);
    expect(windows).toBeLessThan(625);
  });

  it('keeps what it has measured for the next time it is opened', async () => {
    const page = await swept();
    const kept = await page.evaluate(() => {
      const calls = window.harness.calls.filter(({ method }) => method === 'keep');
      const { state, key } = calls.at(-1)!.params as { key: string; state: { sweep: { done: number } } };
      return { key, done: state.sweep.done };
    });
    expect(kept).toEqual({ key: '/pictures/lighthouse.png', done: 625 });
    await page.evaluate(() => window.harness.show({ ...window.scenario.subject }));
    await expect.poll(() => occlusions(page).then(({ length }) => length)).toBe(2);
    await inPhase(page, 'done');
    const last = await page.evaluate(() => {
      const calls = window.harness.calls.filter(({ method }) => method === 'occlude');
      return (calls[1]!.params as { known: { windows: Int32Array } }).known.windows.length;
    });
    expect(last).toBe(625);
  });

  it('sweeps anew when the square changes, and says what cannot be', async () => {
    const page = await swept();
    const size = page.getByTestId('size').locator('input');
    await size.fill('64 x 48');
    await size.press('Enter');
    await page.getByText('483 of 483').waitFor();
    await size.fill('500');
    await size.press('Enter');
    await page.getByText('larger than the picture').waitFor();
    await size.fill('big');
    await size.press('Enter');
    await page.getByText('Sizes are whole numbers').waitFor();
    expect((await occlusions(page)).map(({ size: asked }) => asked)).toEqual([
      [32, 32],
      [64, 48],
    ]);
  });

  it('watches the strongest map of a layer that code leads to, also while the picture is run forward', async () => {
    const page = await swept();
    const watched = async () => (await occlusions(page)).map(({ maps }) => maps);
    await page.evaluate(() => window.harness.revealLayer('conv2'));
    await expect.poll(watched).toEqual([undefined, [{ layer: 'conv2', map: expect.any(Number) as number }]]);
    await inPhase(page, 'done');
    // It is among the watched ones already.
    await page.evaluate(() => window.harness.revealLayer('conv2'));
    await page.evaluate(() => {
      window.harness.show({ ...window.scenario.subject });
      window.harness.revealLayer('conv4');
    });
    await expect.poll(async () => (await watched()).length).toBe(3);
    expect((await watched()).at(-1)).toEqual([{ layer: 'conv4', map: expect.any(Number) as number }]);
  });

  it('asks before a sweep that takes long, and says how long', async () => {
    const page = await swept();
    const stride = page.getByTestId('stride').locator('input');
    await stride.fill('1');
    await stride.press('Enter');
    await inPhase(page, 'waiting');
    // 193 x 193 windows of 31.4 ms each.
    expect(await page.getByTestId('notice').textContent()).toBe(
      'These are 37,249 windows, about 19 min on this machine. Start it, or choose a larger stride.',
    );
    expect(await occlusions(page)).toHaveLength(1);
    await page.getByTestId('start').click();
    await expect.poll(() => occlusions(page).then(({ length }) => length)).toBe(2);
  });

  it('watches several maps of any layer', async () => {
    const page = await swept();
    await page.getByTestId('map').locator('input').fill('3');
    await page.getByTestId('add-map').click();
    await page.getByRole('figure', { name: 'Activity of conv5 map 3' }).waitFor();
    await page.getByRole('button', { name: 'Show the projection of conv5 map 3' }).click();
    await page.getByRole('heading', { name: 'Projection of conv5 map 3' }).waitFor();
    // The pointer over a map asks for its projection, too.
    await page
      .locator('.map-views figure', { hasText: 'Activity of conv5 map 7' })
      .locator('canvas')
      .first()
      .hover();
    await page.getByRole('heading', { name: 'Projection of conv5 map 7' }).waitFor();
    await page.getByRole('button', { name: 'Stop watching conv5 map 7' }).click();
    await page.getByRole('figure', { name: 'Activity of conv5 map 7' }).waitFor({ state: 'detached' });
    await page.getByTestId('map').locator('input').fill('4000');
    await page.getByTestId('add-map').click();
    await page.getByText('This layer has maps 0 to 255.').waitFor();
  });

  it('follows another class', async () => {
    const page = await swept();
    await page.getByTestId('label').fill('water tower');
    await page.getByTestId('label').press('Enter');
    await page.getByRole('figure', { name: 'Probability of water tower' }).waitFor();
    await page.getByTestId('label').fill('unicorn');
    await page.getByTestId('label').press('Enter');
    await page.getByText('There is no class “unicorn”').waitFor();
  });

  it('shows activities alone of a model that is no classifier', async () => {
    const page = await swept({ isClassifier: false });
    expect(await page.locator('.map-views figcaption').allTextContents()).toEqual([
      'Picture with the square',
      'Activity of conv5 map 7',
    ]);
    await expect.poll(() => page.getByTestId('label').isVisible()).toBe(false);
  });

  it('saves its result as a picture, numbers, settings and a report', async () => {
    const page = await swept();
    const saved = async (format: string) => {
      await page.getByTestId(`export-${format}`).click();
      await page.getByText(`Saved /pictures/lighthouse-occlusion.${format}`).waitFor();
      const text = await page.evaluate(() =>
        String.fromCharCode(...window.harness.saved.at(-1)!.content.slice(0, 4096)),
      );
      return { text, length: await page.evaluate(() => window.harness.saved.at(-1)!.content.length) };
    };
    expect((await saved('png')).text.slice(1, 4)).toBe('PNG');
    expect((await saved('csv')).text).toMatch(
      /^Row,Column,Top,Left,Height,Width,Probability,Class,.*\r\n0,0,0,0,32,32,0\.8/,
    );
    expect((await saved('json')).text).toContain('"modelHash": "7f3a"');
    const { text, length } = await saved('html');
    expect(text).toContain("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\"");
    expect(length).toBeGreaterThan(50_000);
  });

  it('offers to start a dead engine again, and goes on', async () => {
    const page = await open({ unitDelay: 40 });
    await page.getByText(/^\d+ of 625/).waitFor();
    await page.evaluate(() => window.harness.engineDown());
    await page.getByTestId('retry').waitFor();
    await page.getByTestId('retry').click();
    await inPhase(page, 'done');
  });

  it.each(['light', 'dark', 'highContrast'] as const)('is accessible in the %s theme', async (theme) => {
    const page = await swept({ theme });
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
