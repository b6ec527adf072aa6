import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../vscode/support/chromium';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { subject } from './harness/scenario';
import type { ThemeName } from './harness/themes';

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

async function open(options: OpenOptions = {}): Promise<Page> {
  const page = await openPanel(browser, bundles, options);
  page.on('pageerror', (error) => errors.push(String(error)));
  opened.push(page);
  return page;
}

const section = (page: Page, layer: string) => page.locator(`.layer[data-layer="${layer}"]`);
const tiles = (page: Page, layer: string, status = '') =>
  page.locator(`.tile[data-layer="${layer}"]${status ? `[data-status="${status}"]` : ''}`);
const idle = (page: Page) => page.locator('.progress[data-phase="projecting"][data-busy="0"]').waitFor();
const projects = (page: Page) =>
  page.evaluate(() =>
    window.harness.calls
      .filter(({ method }) => method === 'project')
      .map(
        ({ params }) => params as { layer: string; image: string; method: string; units: { map: number }[] },
      ),
  );
const focusedTile = (page: Page) =>
  page.evaluate(() => {
    const { layer, map } = (document.activeElement as HTMLElement).dataset;
    return layer === undefined ? null : `${layer} ${map}`;
  });

async function settled(page: Page): Promise<Page> {
  await idle(page);
  return page;
}

/** A machine under load takes its time. */
function eventually<T>(probe: () => Promise<T> | T) {
  return expect.poll(probe, { timeout: 20_000 });
}

/** The distinct values of the red channel: a blank canvas has one. */
async function colours(canvas: Locator): Promise<number> {
  return canvas.evaluate((element) => {
    const picture = element as HTMLCanvasElement;
    const { data } = picture.getContext('2d')!.getImageData(0, 0, picture.width, picture.height);
    return new Set(data.filter((_, index) => index % 4 === 0)).size;
  });
}

describe('the panel', () => {
  it('shows the image, the classes and every layer in order with its strongest maps', async () => {
    const page = await settled(await open());
    expect(
      await page.locator('.layer').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.layer)),
    ).toEqual(['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'detections', 'fc6', 'fc8']);
    expect(await page.getByTestId('top-labels').locator('li').count()).toBe(5);
    expect(await colours(page.getByTestId('input-image'))).toBeGreaterThan(50);
    expect(await tiles(page, 'conv1', 'ok').count()).toBe(9);
    const captions = await tiles(page, 'conv1').locator('.caption').allTextContents();
    const activations = captions.map((caption) => Number(caption.match(/activation .*?([\d.]+),/)?.[1]));
    expect(activations).toEqual([...activations].sort((a, b) => b - a));
  });

  it('draws projection and patch of one size, the patch being the image pixel for pixel', async () => {
    const page = await settled(await open());
    await section(page, 'conv3').scrollIntoViewIfNeeded();
    await tiles(page, 'conv3', 'ok').first().locator('.drawn').waitFor();
    const sizes = await tiles(page, 'conv3')
      .locator('canvas')
      .evaluateAll((all) =>
        all.map((one) => [one as HTMLCanvasElement].map((c) => `${c.width}x${c.height}`)[0]),
      );
    expect(new Set(sizes)).toEqual(new Set(['75x75']));
    const differences = await tiles(page, 'conv3', 'ok')
      .first()
      .evaluate((tile) => {
        const unit = tile.textContent.match(/row (\d+) column (\d+)/)!;
        const at = (index: number) => 112 - 6 * 16 - 37.5 + 16 * Number(unit[index]);
        const patch = tile.querySelector<HTMLCanvasElement>('[data-testid="patch-canvas"]')!;
        const input = document.querySelector<HTMLCanvasElement>('[data-testid="input-image"]')!;
        const [top, left] = [Math.round(at(1)), Math.round(at(2))];
        const mine = patch.getContext('2d')!.getImageData(0, 0, 75, 75).data;
        const theirs = input.getContext('2d')!.getImageData(left, top, 75, 75).data;
        // The harness' boxes are centred, so they may be half a pixel off either way: outside is grey here, empty there.
        return mine.filter(
          (value, index) => theirs[index - (index % 4) + 3] === 255 && value !== theirs[index],
        ).length;
      });
    expect(differences).toBe(0);
  });

  it('says that a map is inactive instead of drawing it, and asks nothing for it', async () => {
    const page = await settled(await open());
    await section(page, 'conv1').getByTestId('map-number').locator('input').fill('3');
    await page.keyboard.press('Enter');
    const tile = tiles(page, 'conv1', 'inactive');
    await tile.waitFor();
    expect(await tile.textContent()).toContain('inactive');
    expect(await focusedTile(page)).toBe('conv1 3');
    expect(
      (await projects(page)).some(
        ({ layer, units }) => layer === 'conv1' && units.some(({ map }) => map === 3),
      ),
    ).toBe(false);
  });

  it('shows any map by number, and nine more', async () => {
    const page = await settled(await open());
    const field = section(page, 'conv1').getByTestId('map-number').locator('input');
    await field.fill('96');
    await field.press('Enter');
    await section(page, 'conv1').getByText('This layer has maps 0 to 95.').waitFor();
    await field.fill('50');
    await field.press('Enter');
    await page.locator('.tile[data-layer="conv1"][data-map="50"][data-status="ok"]').waitFor();
    await section(page, 'conv1').getByTestId('more').click();
    await eventually(() => tiles(page, 'conv1', 'ok').count()).toBe(19);
  });

  it('projects visible rows first', async () => {
    const page = await open({ unitDelay: 15, model: 'googlenet' });
    await tiles(page, 'inception_3a/conv0', 'ok').first().waitFor();
    await section(page, 'inception_5b/conv36').evaluate((row) => row.scrollIntoView());
    await tiles(page, 'inception_5b/conv36', 'ok').first().waitFor();
    const asked = (await projects(page)).map(({ layer }) => layer);
    expect(asked.length).toBeLessThan(12);
  });

  it('tells why a layer is approximate, and why one is refused', async () => {
    const page = await settled(await open());
    const badge = section(page, 'conv4').getByTestId('faithfulness');
    await badge.click();
    expect(await badge.getAttribute('aria-expanded')).toBe('true');
    await section(page, 'conv4').getByText('The gate is frozen at its forward value').waitFor();
    await section(page, 'detections')
      .getByText('No projection rule; choose a layer before this node.')
      .last()
      .waitFor();
    expect((await projects(page)).some(({ layer }) => layer === 'detections')).toBe(false);
  });

  it('judges a layer by the method that is chosen', async () => {
    const page = await settled(await open());
    const badge = section(page, 'conv4').getByTestId('faithfulness');
    expect(await badge.textContent()).toBe('approximate');
    await page.getByTestId('method-select').click();
    await page.getByRole('option', { name: 'Gradient' }).click();
    await eventually(() => badge.textContent()).toBe('exact');
  });

  it('shows the same numbers as a table', async () => {
    const page = await settled(await open());
    await section(page, 'conv1').getByTestId('table-toggle').click();
    const rows = section(page, 'conv1').locator('tbody tr');
    await eventually(() => rows.count()).toBe(9);
    expect(await rows.first().textContent()).toMatch(/rows \d+ to \d+, columns \d+ to \d+projected/);
  });

  it('changes to another of its images and keeps the focus on the list', async () => {
    const page = await settled(await open());
    const list = page.getByTestId('image-select');
    await list.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('harbour.jpg in ZFNet').waitFor();
    await idle(page);
    expect(await list.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await list.locator('.selected-value').innerText()).toBe('harbour.jpg');
  });

  it('asks again with another method, and shares the scale of a layer without asking', async () => {
    const page = await settled(await open());
    const before = (await projects(page)).length;
    await page.getByTestId('scale-select').click();
    await page.getByText('Scale per layer').click();
    await page.getByTestId('method-select').click();
    await page.getByRole('option', { name: 'Gradient' }).click();
    await page.waitForFunction(
      (count) => window.harness.calls.filter(({ method }) => method === 'project').length > count,
      before,
    );
    await idle(page);
    expect((await projects(page)).slice(before).every(({ method }) => method === 'gradient')).toBe(true);
  });
});

describe('cancelling and failing', () => {
  it('cancels at once, asks nothing more, and resumes', async () => {
    const page = await open({ unitDelay: 60 });
    await tiles(page, 'conv1', 'ok').first().waitFor();
    await page.getByTestId('cancel').click();
    await page.getByTestId('resume').waitFor();
    expect(await page.getByTestId('progress').textContent()).toBe('Cancelled.');
    const asked = (await projects(page)).length;
    await eventually(() => page.evaluate(() => window.harness.cancelled.length)).toBe(2);
    expect((await projects(page)).length).toBe(asked);
    await page.evaluate(() => window.harness.change({ unitDelay: 0 }));
    await page.getByTestId('resume').click();
    await eventually(() => tiles(page, 'conv2', 'ok').count()).toBe(9);
  });

  it('cancels the forward pass too', async () => {
    const page = await open({ stepDelay: 300 });
    await page.getByTestId('cancel').click();
    await page.getByTestId('resume').waitFor();
    await page.evaluate(() => window.harness.change({ stepDelay: 0 }));
    await page.getByTestId('resume').click();
    await idle(page);
  });

  it('replaces what it shows by what is asked for later', async () => {
    const page = await open({ unitDelay: 40 });
    await tiles(page, 'conv1', 'ok').first().waitFor();
    await page.evaluate(() => {
      window.harness.change({ unitDelay: 0 });
      window.harness.show({ ...window.scenario.subject, image: window.scenario.subject.images[1]! });
    });
    await page.getByText('harbour.jpg in ZFNet').waitFor();
    await idle(page);
    const later = (await projects(page)).map(({ image }) => image);
    const first = later.indexOf(subject.images[1]!);
    expect(later.slice(first)).not.toContain(subject.images[0]);
    await eventually(() => page.evaluate(() => window.harness.cancelled.length)).toBeGreaterThan(0);
  });

  it('lets one layer fail alone, and tries it again on request', async () => {
    const failure = {
      kind: 'user',
      code: 'x',
      message: 'No rule for Resize.',
      hint: 'Choose conv1.',
    } as const;
    const page = await settled(await open({ layerFailures: { conv2: failure } }));
    await section(page, 'conv2').scrollIntoViewIfNeeded();
    expect(await section(page, 'conv2').getByTestId('failure-message').textContent()).toBe(
      'No rule for Resize.',
    );
    await section(page, 'conv2').getByText('Choose conv1.').waitFor();
    expect(await tiles(page, 'conv1', 'ok').count()).toBe(9);
    await page.evaluate(() => window.harness.change({ layerFailures: {} }));
    await section(page, 'conv2').getByText('Try again').click();
    await eventually(() => tiles(page, 'conv2', 'ok').count()).toBe(9);
  });

  it('offers the log for what is our own mistake', async () => {
    const failure = { kind: 'bug', code: 'bug', message: 'x is undefined', hint: '' } as const;
    const page = await open({ recordFailure: failure });
    await page.getByText('Something went wrong.').waitFor();
    expect(await page.locator('body').textContent()).not.toContain('x is undefined');
    await page.getByText('Show log').first().click();
    await page.waitForFunction(() => window.harness.calls.some(({ method }) => method === 'showLog'));
  });

  it('says that the engine stopped, restarts it and goes on where it was', async () => {
    const page = await open({ diesAt: 'conv2' });
    await page.getByText('The engine stopped.').waitFor();
    await page.getByTestId('retry').click();
    await section(page, 'conv2').scrollIntoViewIfNeeded();
    await eventually(() => tiles(page, 'conv2', 'ok').count()).toBe(9);
    expect(await page.getByTestId('retry').isVisible()).toBe(false);
    const records = await page.evaluate(
      () => window.harness.calls.filter(({ method }) => method === 'record').length,
    );
    expect(records).toBe(1);
  });
});

describe('the detail', () => {
  async function openDetail(options: OpenOptions = {}): Promise<Page> {
    const page = await settled(await open({ width: 1300, ...options }));
    await section(page, 'conv3').scrollIntoViewIfNeeded();
    await tiles(page, 'conv3', 'ok').first().click();
    await page.locator('.comparison-item:not(.stale)').nth(1).waitFor();
    return page;
  }

  it('projects the position that is clicked in the heat map', async () => {
    const page = await openDetail();
    const box = (await page.getByTestId('heatmap').boundingBox())!;
    // Cells of 16 pixels around the image's centre at 112: the cell at 112 + 2 * 16 has row and column 8.
    const at = (pixel: number) => (pixel * box.width) / 224;
    await page.mouse.click(box.x + at(144), box.y + at(112));
    await page.locator('.detail-facts').getByText('row 6 column 8').waitFor();
    await page.getByTestId('heatmap').press('ArrowUp');
    await page.locator('.detail-facts').getByText('row 5 column 8').waitFor();
    const last = (await projects(page)).at(-1)!;
    expect(last).toMatchObject({ layer: 'conv3', units: [{ position: [5, 8] }] });
  });

  it('leads back to the maximum only from another position', async () => {
    const page = await openDetail();
    const back = page.getByRole('button', { name: 'Back to the maximum' });
    const isMaximum = page.locator('.detail-facts').getByText('maximum of the map');
    await isMaximum.waitFor();
    expect(await back.isVisible()).toBe(false);
    await page.getByTestId('heatmap').press('ArrowUp');
    await back.waitFor();
    await page.getByTestId('heatmap').press('ArrowDown');
    await isMaximum.waitFor();
    expect(await back.isVisible()).toBe(false);
  });

  it('compares methods and another unit with the same switches and the same activation', async () => {
    const page = await openDetail();
    await page.getByTestId('compare-gradient').click();
    await page.getByTestId('same-switches').click();
    await page.locator('.comparison-item[data-key="other"]:not(.stale)').waitFor();
    await page.locator('.comparison-item[data-key="gradient"]:not(.stale)').waitFor();
    const requests = await projects(page);
    const original = await page.locator('.detail-title').textContent();
    const seeded = requests.flatMap(({ units }) => units).find((unit) => 'seed' in unit) as unknown as {
      map: number;
      seed: number;
      position: number[];
    };
    expect(original).not.toContain(`map ${seeded.map}`);
    expect(seeded.seed).toBeGreaterThan(0);
    expect(seeded.position).toHaveLength(2);
    await page.getByText(`Map ${seeded.map} at the same position`).waitFor();
  });

  it('blends the projection with the image', async () => {
    const page = await openDetail();
    const overlay = page.locator('.view canvas').first();
    const pixels = () => overlay.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await pixels();
    await page.getByTestId('blend').fill('0');
    expect(await pixels()).not.toBe(before);
  });

  it('saves the projection at its own resolution', async () => {
    const page = await openDetail();
    await page.getByTestId('save-png').click();
    await page.getByText('Saved /pictures/').waitFor();
    const { name, png } = await page.evaluate(() => {
      const { name: file, content: bytes } = window.harness.saved[0]!;
      return { name: file, png: [...bytes.slice(0, 24)] };
    });
    expect(name).toMatch(/^lighthouse-conv3-map\d+-deconvnet\.png$/);
    // PNG signature, then width and height of the header: the receptive field of conv3.
    expect(png.slice(0, 8)).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect([png[19], png[23]]).toEqual([75, 75]);
  });

  it('says so when the clipboard is refused', async () => {
    const page = await openDetail();
    await page.getByTestId('copy').click();
    await page.getByText('Save PNG works instead.').waitFor();
  });

  it('explains an inactive map and a failed request', async () => {
    const page = await settled(await open({ width: 1300 }));
    const field = section(page, 'conv1').getByTestId('map-number').locator('input');
    await field.fill('3');
    await field.press('Enter');
    await tiles(page, 'conv1', 'inactive').click();
    await page.getByText('Inactive: the activation is not positive').first().waitFor();
  });
});

describe('the keyboard', () => {
  it('moves through rows and layers, opens the detail and comes back to the tile', async () => {
    const page = await settled(await open());
    await tiles(page, 'conv1').first().focus();
    const first = await focusedTile(page);
    await page.keyboard.press('ArrowRight');
    const second = await focusedTile(page);
    expect(second).not.toBe(first);
    await page.keyboard.press('End');
    const last = await focusedTile(page);
    await page.keyboard.press('ArrowDown');
    expect(await focusedTile(page)).toMatch(/^conv2 /);
    await page.keyboard.press('ArrowUp');
    expect(await focusedTile(page)).toBe(last);
    await page.keyboard.press('Home');
    expect(await focusedTile(page)).toBe(first);
    await page.keyboard.press('Enter');
    await page.getByTestId('detail').waitFor();
    expect(await page.locator('.detail-title').evaluate((title) => title === document.activeElement)).toBe(
      true,
    );
    await page.keyboard.press('Escape');
    expect(await page.getByTestId('detail').isVisible()).toBe(false);
    expect(await focusedTile(page)).toBe(first);
  });

  it('passes over layers without tiles, and has one tab stop a row', async () => {
    const page = await settled(await open());
    await section(page, 'conv5').scrollIntoViewIfNeeded();
    await tiles(page, 'conv5').last().focus();
    await page.keyboard.press('ArrowDown');
    expect(await focusedTile(page)).toMatch(/^fc6 /);
    expect(await page.locator('.layer[data-layer="fc6"] .tile[tabindex="0"]').count()).toBe(1);
  });

  it('keeps the layers out of reach while the detail covers them', async () => {
    const page = await settled(await open({ width: 600 }));
    await tiles(page, 'conv1', 'ok').first().click();
    expect(await page.locator('.scroller').evaluate((main) => (main as HTMLElement).inert)).toBe(true);
  });

  it('skips to the layers', async () => {
    const page = await settled(await open());
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('layers');
  });
});

describe('a reload', () => {
  it('brings back method, scale, maps, tables, detail and place', async () => {
    const page = await settled(await open({ width: 1300 }));
    await section(page, 'conv1').getByTestId('more').click();
    await section(page, 'conv2').getByTestId('table-toggle').click();
    await page.getByTestId('method-select').click();
    await page.getByRole('option', { name: 'Gradient' }).click();
    await section(page, 'conv4').evaluate((row) => row.scrollIntoView());
    await tiles(page, 'conv4', 'ok').nth(1).click();
    const detail = await page.locator('.detail-title').textContent();
    const top = () => section(page, 'conv4').evaluate((row) => Math.round(row.getBoundingClientRect().top));
    const before = await top();
    await page.waitForTimeout(400);
    await page.reload();
    await idle(page);
    expect(await page.locator('.detail-title').textContent()).toBe(detail);
    await eventually(async () => Math.abs((await top()) - before)).toBeLessThan(3);
    expect((await projects(page)).every(({ method }) => method === 'gradient')).toBe(true);
    expect(await page.getByTestId('method-select').locator('.selected-value').innerText()).toBe('Gradient');
    await section(page, 'conv1').scrollIntoViewIfNeeded();
    expect(await tiles(page, 'conv1').count()).toBe(18);
    expect(await section(page, 'conv2').locator('table').count()).toBe(1);
  });
});

describe('accessibility', () => {
  async function seriousViolations(page: Page): Promise<string[]> {
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(async () =>
      (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  it.each<ThemeName>(['light', 'dark', 'highContrast'])('has no serious violation in %s', async (theme) => {
    const page = await settled(await open({ theme, width: 1300, warnings: ['conv5 holds NaN.'] }));
    await page.getByTestId('legend').click();
    await section(page, 'conv2').getByTestId('table-toggle').click();
    await section(page, 'conv3').scrollIntoViewIfNeeded();
    await tiles(page, 'conv3', 'ok').first().click();
    await page.locator('.comparison-item:not(.stale)').nth(1).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('announces the end of the work and names every tile', async () => {
    const page = await settled(await open());
    await eventually(() => page.getByTestId('live').textContent()).toBe('All layers are projected.');
    const map = await tiles(page, 'conv1').first().getAttribute('data-map');
    const name = new RegExp(`^conv1 map ${map} ?, activation [\\d.]+ ?, position row \\d+ column \\d+$`);
    expect(await page.getByRole('button', { name }).count()).toBe(1);
  });
});

describe('a model of many layers', () => {
  it('scrolls smoothly through 513 tiles of 224 x 224 and keeps only the near ones drawn', async () => {
    const page = await open({ model: 'googlenet' });
    await tiles(page, 'inception_3a/conv0', 'ok').first().waitFor();
    const longest = await page.evaluate(async () => {
      const scroller = document.querySelector('.scroller')!;
      let worst = 0;
      let last = performance.now();
      while (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 2) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        worst = Math.max(worst, now - last);
        last = now;
        scroller.scrollTop += 240;
      }
      return worst;
    });
    console.log(`longest frame while scrolling: ${longest.toFixed(0)} ms`);
    expect(await page.locator('.tile').count()).toBeLessThan(120);
    await page.locator('.tile').last().scrollIntoViewIfNeeded();
    expect(await page.locator('.tile').count()).toBeGreaterThan(0);
  });

  it('keeps its height when rows are drawn', async () => {
    const page = await open({ model: 'deep', unitDelay: 1 });
    await page.locator('.tile').first().waitFor();
    const height = () => page.locator('.scroller').evaluate((main) => main.scrollHeight);
    const before = await height();
    await section(page, 'inception_9c/conv87').evaluate((row) => row.scrollIntoView());
    await tiles(page, 'inception_9c/conv87').first().waitFor();
    expect(await height()).toBe(before);
  });
});
