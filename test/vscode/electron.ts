// `npm run test:electron`: the suites of the extension host in a desktop VS Code, which this downloads.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { repository } from '../../scripts/vscode/cache';
import type { ApiResult } from './api/harness';
import { resultsVariable } from './api/harness';
import { makeWorkspace } from './support/workspace';

const workspace = await makeWorkspace();
const file = path.join(workspace.folder, '..', 'api-results.json');

// A failed test makes VS Code exit with an error; the results say which.
const failure: unknown = await runTests({
  extensionDevelopmentPath: repository,
  extensionTestsPath: path.join(repository, 'dist/test/api.cjs'),
  extensionTestsEnv: { [resultsVariable]: file },
  launchArgs: [workspace.folder, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
}).then(
  () => undefined,
  (error: unknown) => error,
);
const text = await readFile(file, 'utf8').catch(() => undefined);
await workspace.remove();
if (text === undefined) throw failure;

const results = JSON.parse(text) as ApiResult[];
for (const { name, error } of results)
  console.log(error === undefined ? `ok      ${name}` : `FAILED  ${name}\n${error}`);
const failed = results.filter((result) => result.error !== undefined).length;
console.log(`\n${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && failure === undefined ? 0 : 1;
