import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { claimIndex, isClaimedHere, lockOf } from '../../src/engine/topActivations/claim';

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-claim-'));
const index = path.join(folder, 'top.index');
const mark = `${index}.scan`;

/** No process has this number: it is beyond what Linux, macOS and Windows give out. */
const gone = JSON.stringify({ process: 2 ** 30 + 1, host: hostname() });

/** As a container leaves it, whose processes have the same numbers when it is started again. */
const formerSelf = JSON.stringify({ process: process.pid, host: hostname(), started: 1 });

function writeOld(file: string, text: string): void {
  writeFileSync(file, text);
  utimesSync(file, 1, 1);
}

beforeEach(() => readdirSync(folder).forEach((name) => rmSync(path.join(folder, name))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Spellings of one index: claims of one spelling wait for each other in this process. */
function spellings(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${folder}${'/.'.repeat(i)}/top.index`);
}

describe('an index is claimed', () => {
  it('by one of many that find the mark of a scan that is no more', async () => {
    for (let round = 0; round < 200; round++) {
      writeFileSync(mark, gone);
      const claims = await Promise.allSettled(spellings(8).map((spelling) => claimIndex(spelling)));
      const claimed = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []));
      expect(claimed).toHaveLength(1);
      for (const claim of claims) {
        if (claim.status === 'rejected') expect(claim.reason).toMatchObject({ code: 'index-in-use' });
      }
      expect(JSON.parse(readFileSync(mark, 'utf8'))).toMatchObject({ process: process.pid });
      await claimed[0]!();
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  it('by one of this process after another, without those that were cancelled while they waited', async () => {
    const release = await claimIndex(index);
    const cancelled = new AbortController();
    const waiting = claimIndex(index, cancelled.signal);
    const after = claimIndex(index);
    expect(isClaimedHere(index)).toBe(true);
    cancelled.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(claimIndex(index, cancelled.signal)).rejects.toMatchObject({ name: 'AbortError' });
    // Nobody else came in meanwhile.
    expect(await Promise.race([after, setImmediate('still waits')])).toBe('still waits');
    await release();
    await (
      await after
    )();
    // Leaving takes the queue of promises a few turns.
    await setImmediate();
    expect([isClaimedHere(index), readdirSync(folder)]).toEqual([false, []]);
  });

  it('and leaves no mark where it was cancelled while it waited for what a killed scan left', async () => {
    mkdirSync(lockOf(index));
    const controller = new AbortController();
    const claim = claimIndex(index, controller.signal);
    while (!existsSync(mark)) await setImmediate();
    controller.abort();
    await expect(claim).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder)).toEqual([path.basename(lockOf(index))]);
    rmdirSync(lockOf(index));
  });

  it('not while another scan is just writing its mark', async () => {
    writeFileSync(mark, '');
    const claim = claimIndex(index);
    setTimeout(() => writeFileSync(mark, JSON.stringify({ process: process.ppid, host: hostname() })), 60);
    await expect(claim).rejects.toMatchObject({ code: 'index-in-use' });
    expect(readdirSync(folder)).toEqual([path.basename(mark)]);
  });

  it.each([
    ['a mark that says nothing', mark, ''],
    ['the mark of a scan that is no more', mark, gone],
    ['the mark of a scan that had the number of this process', mark, formerSelf],
    ['what is left of taking over', `${mark}.next`, gone],
  ])('in spite of %s, from long ago', async (_name, file, text) => {
    writeOld(mark, gone);
    writeOld(file, text);
    const release = await claimIndex(index);
    await release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
