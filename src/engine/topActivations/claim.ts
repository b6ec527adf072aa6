import { existsSync } from 'node:fs';
import { readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { notWritable } from '../../core/errors';
import { indexInUse } from '../../core/experiments/topActivations/errors';

/** How old something that a killed scan left behind must be before it is taken for that. Writing a checkpoint takes less. */
const FORGOTTEN_MS = 2000;

interface Owner {
  readonly process: number;
  readonly host: string;
  /** When it began, milliseconds since 1970. */
  readonly started: number;
}

const self: Owner = { process: process.pid, host: hostname(), started: performance.timeOrigin };

/**
 * Makes the caller the only one that writes an index, until the returned function is called. Waits for others of this process, until
 * `signal` aborts. The mark of a process of this machine that is no more is taken over, and with it the lock that SQLite leaves when it
 * is killed. Throws a `UserError` where another scan is at work, or nothing can be written there.
 */
export async function claimIndex(index: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  const leave = await takeTurn(index, signal);
  try {
    const release = await claimMark(index, signal);
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

/** Whether who claims an index now waits for another of this process. */
export function isClaimedHere(index: string): boolean {
  return turns.has(index);
}

/** Scans of one process wait for each other: one that was cancelled still has to leave. */
async function takeTurn(index: string, signal?: AbortSignal): Promise<() => void> {
  const before = turns.get(index);
  let leave = () => undefined as void;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const turn = Promise.resolve(before).then(() => left);
  turns.set(index, turn);
  void turn.then(() => turns.get(index) === turn && turns.delete(index));
  try {
    await (before && settledUnlessAborted(before, signal));
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

function settledUnlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason as Error);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
  });
}

async function claimMark(index: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  const mark = markOf(index);
  const release = () => rm(mark, { force: true });
  if (!(await writeFileAnew(index, mark))) await takeOver(index, signal);
  try {
    await removeForgottenLock(lockOf(index), signal);
  } catch (error) {
    await release();
    throw error;
  }
  return release;
}

/**
 * Takes the place of a scan that is no more. One at a time: between reading a mark and removing it, another scan may have taken it over
 * and be alive.
 */
async function takeOver(index: string, signal?: AbortSignal): Promise<void> {
  const mark = markOf(index);
  const turn = `${mark}.next`;
  while (await isBeingWritten(mark)) await delay(20, undefined, { ...(signal && { signal }) });
  // Left by a process that was killed here.
  if (await isOld(turn)) await rm(turn, { force: true });
  if (!(await writeFileAnew(index, turn))) throw indexInUse(index, justNow, mark);
  try {
    const other = await readMark(mark);
    if (typeof other === 'object' && !isGone(other)) throw indexInUse(index, nameOf(other), mark);
    // Read no second time: it may have been written in between, and is then that of a scan at work.
    if (other === 'unreadable' && !(await isOld(mark))) throw indexInUse(index, justNow, mark);
    // What was not there may be another scan's by now.
    if (other !== 'none') await rm(mark, { force: true });
    if (!(await writeFileAnew(index, mark))) throw indexInUse(index, justNow, mark);
  } finally {
    await rm(turn, { force: true });
  }
}

const justNow = 'it began just now';

function nameOf({ process: number, host }: Owner): string {
  return `process ${number} on ${host}`;
}

/** A mark that says nothing is just being written, or its process was killed over it. */
async function isBeingWritten(mark: string): Promise<boolean> {
  return (await readMark(mark)) === 'unreadable' && !(await isOld(mark));
}

async function isOld(file: string): Promise<boolean> {
  const stats = await stat(file).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs > FORGOTTEN_MS;
}

/** Waits until nobody writes an index just now. Throws a `UserError` where that takes longer than a checkpoint does. */
export async function waitForLock(index: string): Promise<void> {
  const [mark, lock] = [markOf(index), lockOf(index)];
  const scan = await readMark(mark);
  if (typeof scan !== 'object' || isGone(scan)) return removeForgottenLock(lock);
  for (const end = Date.now() + FORGOTTEN_MS; existsSync(lock); await delay(20)) {
    if (Date.now() > end) throw indexInUse(index, nameOf(scan), mark);
  }
}

function markOf(index: string): string {
  return `${index}.scan`;
}

/** The folder by which SQLite locks an index. */
export function lockOf(index: string): string {
  return `${index}.lock`;
}

/** Says in a file that it is this process's. Returns whether the file was not there before. */
async function writeFileAnew(index: string, name: string): Promise<boolean> {
  try {
    await writeFile(name, JSON.stringify(self), { flag: 'wx' });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw code === undefined ? error : notWritable(index, code);
  }
}

async function readMark(mark: string): Promise<Owner | 'none' | 'unreadable'> {
  const text = await readFile(mark, 'utf8').catch(() => undefined);
  if (text === undefined) return 'none';
  try {
    const { process: number, host, started = 0 } = JSON.parse(text) as Partial<Owner>;
    const isOwner = typeof number === 'number' && typeof host === 'string';
    return isOwner ? { process: number, host, started } : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function isGone({ process: number, host, started }: Owner): boolean {
  if (host !== self.host) return false;
  // In a container, the next process has the number of the one that was killed.
  if (number === self.process) return started !== self.started;
  try {
    process.kill(number, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** SQLite locks by making a folder; a process that is killed while it writes leaves it. */
async function removeForgottenLock(lock: string, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const stats = await stat(lock).catch(() => undefined);
    if (stats === undefined) return;
    const age = Date.now() - stats.mtimeMs;
    if (age > FORGOTTEN_MS) return rmdir(lock).catch(() => undefined);
    await delay(FORGOTTEN_MS - age + 1, undefined, { ...(signal && { signal }) });
  }
}
