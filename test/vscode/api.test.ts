import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../../scripts/vscode/cache';
import type { ApiResult } from './api/harness';
import { confirmingVariable, resultsVariable } from './api/harness';
import { eventually, openWorkbench } from './support/workbench';
import { makeWorkspace } from './support/workspace';

// The tests run inside the extension host; here each of their results becomes a test of its own.
const workspace = await makeWorkspace();
const results = await runInExtensionHost();

test('the suites in the extension host have run', () => expect(results).not.toEqual([]));

test.each(results.map(({ name, error }) => [name, error]))('%s', (_name, error) => {
  expect(error).toBeUndefined();
});

async function runInExtensionHost(): Promise<readonly ApiResult[]> {
  const file = path.join(workspace.folder, '..', 'api-results.json');
  const workbench = await openWorkbench({
    folder: workspace.folder,
    extension: repository,
    tests: path.join(repository, 'dist/test/api.cjs'),
    env: { [resultsVariable]: file, [confirmingVariable]: 'yes' },
  });
  const yes = workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Yes' });
  try {
    const text = await eventually(async () => {
      if (await yes.isVisible()) await yes.click();
      return readFile(file, 'utf8').catch(() => undefined);
    }, 120_000);
    return JSON.parse(text) as ApiResult[];
  } finally {
    await workbench.close();
  }
}
