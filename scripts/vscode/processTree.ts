import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProcessTree {
  readonly child: ChildProcess;
  /** Ends the process and everything it started. */
  stop(): Promise<void>;
}

const gracePeriod = 3000;
const running = new Set<ProcessTree>();

/** Starts a process as the leader of its own group, so that its descendants end with it. */
export function startProcessTree(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): ProcessTree {
  const child = spawn(command, args, {
    env,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  const tree: ProcessTree = {
    child,
    async stop() {
      signalTree(child, 'SIGTERM');
      const timer = setTimeout(() => signalTree(child, 'SIGKILL'), gracePeriod);
      await ended.catch(() => undefined);
      clearTimeout(timer);
      // The leader is gone; whoever of the group ignored SIGTERM follows now.
      signalTree(child, 'SIGKILL');
      running.delete(tree);
    },
  };
  running.add(tree);
  return tree;
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

process.on('exit', () => {
  for (const tree of running) signalTree(tree.child, 'SIGKILL');
});
