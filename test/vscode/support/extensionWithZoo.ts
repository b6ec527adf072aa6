import { build } from 'esbuild';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from '../../../scripts/vscode/cache';
import type { ZooModel } from '../../../src/download/modelZoo';

/** The extension with other models on offer, which a server of the test has: a folder, and what removes it. */
export async function extensionWithZoo(models: readonly ZooModel[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'switchback-extension-'));
  await linkAll(repository, folder, ['package.json', 'package.nls.json', 'l10n', 'media', 'node_modules']);
  const dist = path.join(folder, 'dist');
  await mkdir(dist);
  const built = await readdir(path.join(repository, 'dist'));
  const others = built.filter((name) => name !== 'extension.cjs' && name !== 'extension.cjs.map');
  await linkAll(path.join(repository, 'dist'), dist, others);
  await build({
    entryPoints: [path.join(repository, 'src/extension.ts')],
    outfile: path.join(dist, 'extension.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    plugins: [
      {
        name: 'other models',
        setup: (bundler) =>
          bundler.onLoad({ filter: /[/\\]modelZoo\.ts$/ }, () => ({
            contents: `export const zooAddress = ''; export const modelZoo = ${JSON.stringify(models)};`,
          })),
      },
    ],
  });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

async function linkAll(from: string, to: string, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => symlink(path.join(from, name), path.join(to, name))));
}
