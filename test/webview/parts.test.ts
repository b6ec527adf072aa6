import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseParts } from '../../src/core/formats/parts';
import type { PartChange } from '../../src/core/formats/partChanges';
import { launchChromium } from '../vscode/support/chromium';
import { nextUnplaced, offeredParts, renamedEverywhere } from '../../webview/parts/annotation';
import { accessibilityViolations } from './harness/accessibility';
import { bundle, openPanel, type Bundles, type OpenOptions } from './harness/openPanel';
import { annotated } from './harness/scenario';
import type { ThemeName } from './harness/themes';

const file = parseParts(annotated, 'parts.json');

describe('the parts of a set', () => {
  it('are those of the file, those named here, or the paper’s where there is none', () => {
    expect(offeredParts(file, ['sun', 'tail'])).toEqual(['lamp', 'sun', 'gate', 'tail']);
    expect(offeredParts({ ...file, images: [] }, [])).toEqual(['left_eye', 'right_eye', 'nose']);
  });

  it('are placed one after the other, from the chosen one on', () => {
    const places = new Map([['b', [0, 0] as const]]);
    expect(nextUnplaced(['a', 'b', 'c'], places, 'a')).toBe('c');
    expect(nextUnplaced(['a', 'b', 'c'], places, 'c')).toBe('a');
    expect(nextUnplaced(['b'], places, 'b')).toBe('b');
  });

  it('get another name in every picture that has them', () => {
    expect(renamedEverywhere(file, 'gate', 'door')).toEqual([
      { file: 'harbour.jpg', part: 'gate', place: null },
      { file: 'harbour.jpg', part: 'door', place: [120, 300] },
    ]);
  });
});

describe('the panel in which parts are marked', () => {
  let browser: Browser;
  let bundles: Bundles;

  beforeAll(async () => {
    browser = await launchChromium();
    bundles = await bundle('parts');
  });

  afterAll(() => browser?.close());

  const ready = (page: Page) => page.locator('main[data-phase="ready"]').waitFor();
  const changes = (page: Page) =>
    page.evaluate(
      () =>
      window.harness.calls
        .filter(({ method }) => method === 'changeParts')
        .map(({ params }) => (params as { image: string; change: { places: PartChange[]; size?: number } }).change), // prettier-ignore
    );
  const row = (page: Page, part: string) => page.locator(`.part-row[data-part="${part}"]`);
  /** The panel draws once a frame: what a key has chosen shows in the next one. */
  const chosen = (page: Page, part: string) =>
    page.locator('.part-choice[aria-pressed="true"]', { hasText: part }).waitFor();

  async function opened(options: OpenOptions = {}): Promise<Page> {
    const page = await openPanel(browser, bundles, { width: 900, height: 900, ...options });
    await ready(page);
    return page;
  }

  it('places the parts of the paper by clicks, in the pixels of the file, one after the other', async () => {
    const page = await opened();
    const picture = page.getByTestId('picture');
    const { width } = (await picture.boundingBox())!;
    await chosen(page, 'left_eye');
    await picture.click({ position: { x: (80.5 * width) / 224, y: (40.5 * width) / 224 } });
    await row(page, 'left_eye').getByText('80, 40').waitFor();
    await chosen(page, 'right_eye');
    const [{ places }] = (await changes(page)) as [{ places: PartChange[] }];
    expect(places).toMatchObject([{ file: 'lighthouse.png', part: 'left_eye' }]);
    // The file is twice as large as what the network sees.
    for (const [i, expected] of [160.5, 80.5].entries()) expect(places[0]!.place![i]).toBeCloseTo(expected, 0); // prettier-ignore
    expect(await page.locator('.part-mark[data-part="left_eye"]').count()).toBe(1);
    expect(await page.evaluate(() => window.harness.violations)).toEqual([]);
  });

  it('does everything by keys: moves, places, takes away, chooses, undoes, turns the page', async () => {
    const page = await opened({ parts: annotated });
    await page.getByTestId('picture').focus();
    await chosen(page, 'gate');
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await row(page, 'gate').getByText('102, 113').waitFor();
    await page.keyboard.press('1');
    await chosen(page, 'lamp');
    await page.keyboard.press('Delete');
    await row(page, 'lamp').getByText('not marked').waitFor();
    await page.keyboard.press('Control+z');
    await row(page, 'lamp').getByText('84, 42').waitFor();
    await page.keyboard.press('PageDown');
    await page.getByText('Picture 2 of 2').waitFor();
    await ready(page);
    await page.keyboard.press('Control+z');
    await page.getByText('Picture 1 of 2').waitFor();
    await row(page, 'gate').getByText('not marked').waitFor();
    const made = await changes(page);
    expect(made.map(({ places }) => places.map(({ part, place }) => [part, place !== null]))).toEqual([
      [['gate', true]],
      [['lamp', false]],
      [['lamp', true]],
      [['gate', false]],
    ]);
  });

  it('names parts, renames them in all pictures, removes them, and says which names cannot be', async () => {
    const page = await opened({ parts: annotated });
    const field = page.getByTestId('new-part').locator('input');
    await field.fill('tail');
    await field.press('Enter');
    await chosen(page, 'tail');
    await field.fill('lamp');
    await field.press('Enter');
    await page.getByText('There is a part "lamp" already.').waitFor();
    await page.getByRole('button', { name: 'Rename sun in all pictures' }).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('moon');
    await page.keyboard.press('Enter');
    await row(page, 'moon').getByText('172, 66').waitFor();
    await page.getByRole('button', { name: 'Remove gate from all pictures' }).click();
    await row(page, 'gate').waitFor({ state: 'detached' });
    const [renamed, removed] = await changes(page);
    expect(renamed!.places.map(({ file: name, part }) => [name, part])).toEqual([
      ['lighthouse.png', 'sun'],
      ['lighthouse.png', 'moon'],
      ['harbour.jpg', 'sun'],
      ['harbour.jpg', 'moon'],
    ]);
    expect(removed!.places).toEqual([{ file: 'harbour.jpg', part: 'gate', place: null }]);
  });

  it('changes the size of the squares, imports what others marked, and leads to the comparison', async () => {
    const page = await opened({ importedParts: annotated });
    await page.getByTestId('size').evaluate((input: HTMLInputElement) => {
      input.value = '48';
      input.dispatchEvent(new Event('change'));
    });
    await expect.poll(() => changes(page)).toEqual([{ places: [], size: 48 }]);
    await page.getByTestId('import').click();
    await row(page, 'lamp').getByText('84, 42').waitFor();
    await page.getByText('1 of 2 pictures has every part').waitFor();
    await page.getByTestId('compare').click();
    const panels = () =>
      page.evaluate(() => window.harness.calls.filter(({ method }) => method === 'openPanel'));
    await expect.poll(panels).toEqual([{ method: 'openPanel', params: { name: 'correspondence' } }]);
  });

  it('says that a part lies where it cannot be hidden', async () => {
    const images = [{ file: 'lighthouse.png', nose: [4, 200] }];
    const page = await opened({ parts: JSON.stringify({ images }) });
    await row(page, 'nose').getByText('2, 100 (beyond what the network sees)').waitFor();
  });

  it('leaves a file alone that holds no annotations, and says so', async () => {
    const message = 'parts.json: "images" must be a list of at most 200 images.';
    const page = await openPanel(browser, bundles, {
      partsFailure: { kind: 'user', code: 'invalid-parts', message, hint: 'Correct the file.' },
    });
    await page.getByText(message).waitFor();
    expect(await page.getByTestId('picture').isVisible()).toBe(false);
    await page.evaluate(() => window.harness.change({ partsFailure: null }));
    await page.getByTestId('retry').click();
    await ready(page);
    expect(await changes(page)).toEqual([]);
  });

  it.each<ThemeName>(['light', 'dark', 'highContrast'])('is accessible in the %s theme', async (theme) => {
    const page = await opened({ theme, parts: annotated });
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
