import { afterAll, afterEach } from 'vitest';
import { openWorkbenches, screenshot } from './workbench';
import { madeWorkspaces } from './workspace';

// A failed test leaves a picture of what its user would have seen.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const { page } of openWorkbenches) await screenshot(page, `failed-${task.name.replace(/\W+/g, '-')}`);
});

// Also what a failed `beforeAll` has left half done.
afterAll(async () => {
  await Promise.all([...openWorkbenches].map((workbench) => workbench.close()));
  await Promise.all([...madeWorkspaces].map((workspace) => workspace.remove()));
});
