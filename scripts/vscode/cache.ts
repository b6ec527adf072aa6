import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Commands run from the repository's root, so that bundles find its files wherever they lie. */
export const repository = process.cwd();

const cacheFolder = path.join(repository, '.vscode-test');

/**
 * The cache's folder `name`, filled by `fill` when it is not there yet. It appears in one step: an interrupted
 * or concurrent download never leaves half a folder behind.
 */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(cacheFolder, name);
  if (existsSync(folder)) return folder;
  console.error(`Getting ${name} ...`);
  await mkdir(cacheFolder, { recursive: true });
  const unfinished = await mkdtemp(path.join(cacheFolder, `${name}-`));
  try {
    await fill(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Unpacks an npm package, without its dependencies, into `folder/package`. */
export async function unpackPackage(specifier: string, folder: string): Promise<void> {
  const { stdout } = await npm(['pack', '--silent', specifier], folder);
  const archive = stdout.trim().split('\n').at(-1) ?? '';
  await execute('tar', ['-xf', archive], { cwd: folder });
  await rm(path.join(folder, archive));
}

export function npm(args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const windows = process.platform === 'win32';
  return execute(windows ? 'npm.cmd' : 'npm', [...args], {
    cwd,
    shell: windows,
    maxBuffer: 64 * 1024 * 1024,
  });
}
