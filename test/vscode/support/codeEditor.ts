import type { PNG } from 'pngjs';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { decodeDataUri } from './pictures';
import { eventually } from './workbench';

/** The lines above definitions. */
export function lenses(page: Page): Locator {
  return page.locator('.codelens-decoration a');
}

/** The line of code with this text. */
export function codeLine(page: Page, text: string): Locator {
  return page.locator('.view-line').filter({ hasText: text });
}

/** The hover with a picture on the convolution of PyTorch that a line defines, as soon as it says all of `texts`. */
export async function hoverOver(
  page: Page,
  line: string,
  ...texts: readonly (string | RegExp)[]
): Promise<Locator> {
  const hover = page.locator('.monaco-hover:visible').filter({ has: page.locator('img') });
  await eventually(async () => {
    await page.mouse.move(5, 5);
    await codeLine(page, line).getByText('Conv2d').hover();
    await page.waitForTimeout(1500);
    const found = await Promise.all(texts.map((text) => hover.getByText(text).count()));
    return found.every((count) => count > 0) ? true : undefined;
  });
  return hover.first();
}

/** The picture in a hover, which fits its Markdown. */
export async function hoverPicture(hover: Locator): Promise<PNG> {
  const source = (await hover.locator('img').getAttribute('src'))!;
  expect(source.length).toBeLessThan(95_000);
  return decodeDataUri(source);
}

/** The pictures in the margins of editors, as their styles have them. */
export function thumbnails(page: Page): Promise<string[]> {
  return page
    .locator('.glyph-margin-widgets .cgmr')
    .evaluateAll((marks) =>
      marks.map((mark) => getComputedStyle(mark).backgroundImage).filter((image) => image.includes('data:')),
    );
}

/** Clicks as a hand does: a hover that the pointer jumps out of closes. */
export async function clickSlowly(page: Page, target: Locator): Promise<void> {
  const { x, y, width, height } = (await target.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2, { steps: 25 });
  await page.mouse.down();
  await page.mouse.up();
}
