// `npm start`: the extension on the sample pictures, in the VS Code that this machine has.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { repository } from './vscode/cache';
import { startServer } from './vscode/server';

const samples = path.join(repository, 'media/samples');
const folder = existsSync(samples) ? samples : repository;

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .some((part) => existsSync(path.join(part, process.platform === 'win32' ? `${command}.cmd` : command)));
}

async function startDesktop(): Promise<void> {
  const args = ['--new-window', `--extensionDevelopmentPath=${repository}`, folder];
  const code = spawn('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const [exitCode] = (await once(code, 'exit')) as [number | null];
  process.exitCode = exitCode ?? 1;
}

async function startInBrowser(): Promise<void> {
  const server = await startServer({ settings: { 'git.openRepositoryInParentFolders': 'never' } });
  console.log(`Switchback runs in VS Code at\n\n  ${server.address({ folder, extension: repository })}\n`);
  console.log('Right-click a picture in the Explorer, then "Visualize ZFNet layers". Ctrl-C ends it.');
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void server.stop().then(() => process.exit(0));
    });
  }
}

await (isOnPath('code') ? startDesktop() : startInBrowser());
