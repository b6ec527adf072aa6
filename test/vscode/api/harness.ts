import { rename, writeFile } from 'node:fs/promises';

/** Suites inside the extension host use this instead of a test framework: it runs in any VS Code. */
export type ApiTests = Readonly<Record<string, () => Promise<void>>>;

export interface ApiResult {
  readonly name: string;
  /** Missing when the test passed. */
  readonly error?: string;
}

/** Names the file that the results are written to; the runner outside VS Code reads it. */
export const resultsVariable = 'SWITCHBACK_API_RESULTS';

/** Set where somebody presses the button of the question that comes before a language model's tool runs. */
export const confirmingVariable = 'SWITCHBACK_API_CONFIRMS';

const timeout = 60_000;

export async function runApiTests(tests: ApiTests): Promise<readonly ApiResult[]> {
  const results: ApiResult[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      await withTimeout(test());
      results.push({ name });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  const file = process.env[resultsVariable];
  if (file !== undefined) await appearWhole(file, JSON.stringify(results));
  return results;
}

/** Whoever waits for the file never reads a half of it. */
async function appearWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}

function withTimeout(work: Promise<void>): Promise<void> {
  return Promise.race([
    work,
    new Promise<void>((_, reject) => {
      setTimeout(() => reject(new Error(`no end after ${timeout} ms`)), timeout).unref();
    }),
  ]);
}
