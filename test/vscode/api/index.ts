// The module that VS Code's `extensionTestsPath` names: it runs in the extension host.
import { runApiTests } from './harness';
import { extensionTests } from './extension';

export async function run(): Promise<void> {
  const results = await runApiTests(extensionTests);
  const failed = results.filter((result) => result.error !== undefined);
  if (failed.length > 0) {
    throw new Error(failed.map(({ name, error }) => `${name}: ${error}`).join('\n'));
  }
}
