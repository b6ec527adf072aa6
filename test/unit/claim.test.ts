import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { claimIndex } from '../../src/engine/topActivations/claim';

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
      const claims = await Promise.allSettled(spellings(8).map(claimIndex));
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
