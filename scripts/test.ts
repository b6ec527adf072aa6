// `npm test`: every check in order. The last line sums the tests: `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { repository } from './vscode/cache';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is read of a report of vitest's, whose form is that of Jest. */
interface Report {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  numTodoTests?: number;
  testResults?: readonly {
    name: string;
    status: string;
    message: string;
    assertionResults: readonly {
      fullName: string;
      status: string;
      failureMessages: readonly string[] | null;
    }[];
  }[];
}

const reports = path.join(repository, 'out/reports');

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  console.log(`\n> ${[command, ...args].join(' ')}`);
  const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode === 0;
}

async function runSuites(name: string, config: string): Promise<Counts> {
  const file = path.join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const succeeded = await succeeds('npx', 'vitest', 'run', '--config', config, ...reporters);
  const report = await readReport(file);
  failures.push(...failuresOf(report));
  const counts = countsOf(report);
  // A run can fail outside its tests: in a hook, while collecting, or without writing a report.
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function readReport(file: string): Promise<Report> {
  return JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Report;
}

function countsOf(report: Report): Counts {
  return {
    passed: report.numPassedTests ?? 0,
    failed: report.numFailedTests ?? 0,
    skipped: (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0),
  };
}

/** What failed and why, a text each: tests, and files that failed outside of their tests. */
function failuresOf({ testResults = [] }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(repository, name);
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && tests.length === 0) return [`${file}\n${message || 'in a hook, see above'}`];
    return tests.map((test) => `${file} > ${test.fullName}\n${(test.failureMessages ?? []).join('\n')}`);
  });
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });

const failures: string[] = [];
const failedChecks: string[] = [];
for (const check of ['typecheck', 'lint']) {
  if (!(await succeeds('npm', 'run', '--silent', check))) failedChecks.push(check);
}
const runs = [
  await runSuites('unit', 'vitest.config.ts'),
  await runSuites('vscode', 'vitest.vscode.config.ts'),
];

const sum = (count: keyof Counts) => runs.reduce((total, counts) => total + counts[count], 0);
// A failed check counts as a failed test, so that the last line says by itself whether all is well.
const failed = sum('failed') + failedChecks.length;
const skipped = sum('skipped');
// Once more behind all output, of which a log may keep only the end.
for (const failure of failures) console.log(`\nFailed: ${failure}`);
if (failedChecks.length > 0) console.log(`\nFailed: ${failedChecks.join(', ')}`);
console.log(`\n${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
