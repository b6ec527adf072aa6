import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually, focusedTile, open, section, settled, tiles } from './harness/panelPages';
import type { ThemeName } from './harness/themes';

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
