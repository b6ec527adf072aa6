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

const reports = path.join(repository, 'out/reports');

async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  console.log(`\n> ${[command, ...args].join(' ')}`);
  const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode === 0;
}

async function runSuites(name: string, config: string): Promise<Counts> {
  const report = path.join(reports, `${name}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const succeeded = await succeeds('npx', 'vitest', 'run', '--config', config, ...reporters);
  const counts = await readCounts(report);
  // A run can fail outside its tests: in a hook, while collecting, or without writing a report.
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  return counts;
}

async function readCounts(report: string): Promise<Counts> {
  const text = await readFile(report, 'utf8').catch(() => '{}');
  const summary = JSON.parse(text) as Partial<Record<string, number>>;
  return {
    passed: summary['numPassedTests'] ?? 0,
    failed: summary['numFailedTests'] ?? 0,
    skipped: (summary['numPendingTests'] ?? 0) + (summary['numTodoTests'] ?? 0),
  };
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });

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
if (failedChecks.length > 0) console.log(`\nFailed: ${failedChecks.join(', ')}`);
console.log(`\n${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
