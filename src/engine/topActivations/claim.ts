import { existsSync } from 'node:fs';
import { open, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { notWritable } from '../../core/errors';
import { indexInUse } from '../../core/experiments/topActivations/errors';

/** How old a lock that SQLite left behind must be before it is taken for one. Writing a checkpoint takes less. */
const FORGOTTEN_MS = 2000;

interface Owner {
  readonly process: number;
  readonly host: string;
}

/**
 * Makes the caller the only one that writes an index, until the returned function is called. The mark of a process of this
 * machine that is no more is taken over, and with it the lock that SQLite leaves when it is killed. Throws a
 * `UserError` where another scan is at work, or nothing can be written there.
 */
export async function claimIndex(index: string): Promise<() => Promise<void>> {
  const leave = await takeTurn(index);
  try {
    const release = await claimMark(index);
    return async () => {
      await release();
      leave();
    };
  } catch (error) {
    leave();
    throw error;
  }
}

/** When the last scan of this process that asked for an index will have left it. */
const turns = new Map<string, Promise<void>>();

/** Scans of one process wait for each other: one that was cancelled still has to leave. */
async function takeTurn(index: string): Promise<() => void> {
  const before = turns.get(index);
  let leave = () => undefined as void;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const turn = Promise.resolve(before).then(() => left);
  turns.set(index, turn);
  void turn.then(() => turns.get(index) === turn && turns.delete(index));
  await before;
  return leave;
}

async function claimMark(index: string): Promise<() => Promise<void>> {
  const mark = markOf(index);
  const owner: Owner = { process: process.pid, host: hostname() };
  const release = () => rm(mark, { force: true });
  const mine = await writeMark(index, owner);
  if (!mine) {
    const other = await readMark(mark);
    if (other !== undefined && !isGone(other)) {
      throw indexInUse(index, `process ${other.process} on ${other.host}`, mark);
    }
    await release();
    if (!(await writeMark(index, owner))) throw indexInUse(index, 'it began just now', mark);
  }
  await removeForgottenLock(lockOf(index));
  return release;
}

/** Waits until nobody writes an index just now. Throws a `UserError` where that takes longer than a checkpoint does. */
export async function waitForLock(index: string): Promise<void> {
  const [mark, lock] = [markOf(index), lockOf(index)];
  const scan = await readMark(mark);
  if (scan === undefined || isGone(scan)) return removeForgottenLock(lock);
  for (const end = Date.now() + FORGOTTEN_MS; existsSync(lock); await delay(20)) {
    if (Date.now() > end) throw indexInUse(index, `process ${scan.process} on ${scan.host}`, mark);
  }
}

function markOf(index: string): string {
  return `${index}.scan`;
}

/** The folder by which SQLite locks an index. */
export function lockOf(index: string): string {
  return `${index}.lock`;
}

async function writeMark(index: string, owner: Owner): Promise<boolean> {
  try {
    const file = await open(markOf(index), 'wx');
    await file.writeFile(JSON.stringify(owner));
    await file.close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw code === undefined ? error : notWritable(index, code);
  }
}

async function readMark(mark: string): Promise<Owner | undefined> {
  try {
    const { process: number, host } = JSON.parse(await readFile(mark, 'utf8')) as Partial<Owner>;
    return typeof number === 'number' && typeof host === 'string' ? { process: number, host } : undefined;
  } catch {
    return undefined;
  }
}

function isGone({ process: number, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(number, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** SQLite locks by making a folder; a process that is killed while it writes leaves it. */
async function removeForgottenLock(lock: string): Promise<void> {
  for (;;) {
    const stats = await stat(lock).catch(() => undefined);
    if (stats === undefined) return;
    const age = Date.now() - stats.mtimeMs;
    if (age > FORGOTTEN_MS) return rmdir(lock).catch(() => undefined);
    await delay(FORGOTTEN_MS - age + 1);
  }
}
