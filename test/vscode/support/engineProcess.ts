import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from './workbench';

const execute = promisify(execFile);

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The engine that the extension host of this VS Code server has forked, as soon as there is one. */
export function engineProcess(server: { readonly pid: number }): Promise<number> {
  return eventually(async () => {
    const rows = await processRows();
    return descendants(rows, server.pid).find(({ command }) => command.includes('dist/engine.js'))?.pid;
  });
}

function descendants(rows: readonly ProcessRow[], ancestor: number): ProcessRow[] {
  const children = rows.filter(({ parent }) => parent === ancestor);
  return children.flatMap((child) => [child, ...descendants(rows, child.pid)]);
}

async function processRows(): Promise<ProcessRow[]> {
  const { stdout } = await execute('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
