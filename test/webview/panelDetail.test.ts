import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { OpenOptions } from './harness/openPanel';
import { open, projects, section, settled, tiles } from './harness/panelPages';

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
