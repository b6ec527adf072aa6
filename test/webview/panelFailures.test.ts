import { describe, expect, it } from 'vitest';
import { eventually, idle, open, projects, section, settled, tiles } from './harness/panelPages';
import { subject } from './harness/scenario';

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
