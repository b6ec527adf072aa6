import axe from 'axe-core';
import type { Locator } from 'playwright-core';

interface Violation {
  readonly id: string;
  readonly at: readonly string[];
}

/** What WCAG 2 A and AA object to in the document of an element, also inside a webview. */
export async function accessibilityViolations(element: Locator): Promise<readonly Violation[]> {
  const handle = await element.elementHandle();
  const frame = await handle?.ownerFrame();
  if (!frame) throw new Error('The element is in no frame.');
  await frame.evaluate(axe.source);
  return frame.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa'],
    });
    return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => String(target)) }));
  });
}
