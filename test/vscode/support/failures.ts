import { afterEach } from 'vitest';
import { openWorkbenches, screenshot } from './workbench';

// A failed test leaves a picture of what its user would have seen.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { page } of openWorkbenches) await screenshot(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});
