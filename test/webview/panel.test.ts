import { describe, expect, it } from 'vitest';
import {
  colours,
  eventually,
  focusedTile,
  idle,
  open,
  projects,
  section,
  settled,
  tiles,
} from './harness/panelPages';

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

  it('leads to the code from the whole title of a layer, but for what does something else there', async () => {
    const page = await settled(await open());
    const sources = () =>
      page.evaluate(() =>
        window.harness.calls.filter(({ method }) => method === 'revealSource').map(({ params }) => params),
      );
    const title = section(page, 'conv2').locator('.layer-title');
    await title.getByRole('button', { name: 'conv2', exact: true }).click();
    await title.getByTestId('faithfulness').click();
    expect(await sources()).toEqual([]);
    await title.locator('.layer-op').click();
    await title.getByTestId('reveal-source').click();
    await eventually(sources).toEqual([{ layer: 'conv2' }, { layer: 'conv2' }]);
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
    await eventually(() => page.evaluate(() => sessionStorage.getItem('harness-state'))).toMatch(
      /"method":"gradient".*"detail":\{"layer":"conv4"/,
    );
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
