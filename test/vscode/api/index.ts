// The module that VS Code's `extensionTestsPath` names: it runs in the extension host.
import { extensionTests } from './extension';
import { confirmingVariable, runApiTests } from './harness';
import { languageToolTests } from './languageTools';

export async function run(): Promise<void> {
  const isConfirmed = process.env[confirmingVariable] !== undefined;
  const results = await runApiTests({ ...extensionTests, ...(isConfirmed && languageToolTests) });
  const failed = results.filter((result) => result.error !== undefined);
  if (failed.length > 0) {
    throw new Error(failed.map(({ name, error }) => `${name}: ${error}`).join('\n'));
  }
}
