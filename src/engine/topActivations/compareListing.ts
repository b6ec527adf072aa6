import { setImmediate } from 'node:timers/promises';
import type { ScanResult } from '../../protocol/topActivations';
import { inTransaction } from '../database';
import { everySoOften } from './everySoOften';
import type { Index } from './indexFile';
import type { ListedImage, UnreadFolder } from './listImages';

/** How a folder differs from an index. */
export interface Comparison {
  readonly differences: Pick<ScanResult, 'added' | 'changed' | 'gone'>;
  /** Images that have to be run. */
  readonly pending: number;
  readonly unread: readonly UnreadFolder[];
}

/** Rows that are compared together. */
const AT_ONCE = 512;

/** A row of the listing and what the index has of it. */
interface Row extends ListedImage {
  readonly problem: string | null;
  readonly id: number | null;
  readonly indexedBytes: number | null;
  readonly indexedModified: number | null;
  /** `null` also where the image could not be read. */
  readonly hash: string | null;
}

const rows = `SELECT here.path, here.bytes, here.modified, here.problem, known.id, known.bytes AS indexedBytes,
    known.modified AS indexedModified, known.hash
  FROM listed.listing AS here LEFT JOIN main.images AS known ON known.path = here.path
  WHERE here.path > ? ORDER BY here.path LIMIT ${AT_ONCE}`;

const gone = `SELECT COUNT(*) AS gone FROM main.images AS known
  WHERE path NOT LIKE '%/' AND NOT EXISTS (SELECT 1 FROM listed.listing AS here WHERE here.path = known.path)`;

/**
 * Compares an index with the listing that is attached to it, and notes there what the index has already. A file of the same size
 * and time counts as unchanged; of others the content decides. Yields now and then how many images are compared.
 */
export async function* compareListing(
  { file, database }: Index,
  hashOf: (path: string) => Promise<string | null>,
): AsyncGenerator<number, Comparison> {
  const isTime = everySoOften();
  const unread: UnreadFolder[] = [];
  let [number, pending, added, changed, last] = [0, 0, 0, 0, ''];
  for (;;) {
    const page = database.all(rows, last) as unknown as Row[];
    if (page.length === 0) break;
    const notes: (readonly [number: number, id: number | null, touched: number, path: string])[] = [];
    for (const row of page) {
      const { path, problem, id, hash } = row;
      const same = hash !== null && row.bytes === row.indexedBytes && row.modified === row.indexedModified;
      const isKnown = problem === null && (same || (hash !== null && hash === (await hashOf(path))));
      notes.push([number++, isKnown ? id : null, isKnown && !same ? 1 : 0, path]);
      if (problem !== null) unread.push({ path, problem });
      else if (!isKnown) {
        pending++;
        if (id === null) added++;
        else if (hash !== null) changed++;
      }
      if (!isTime()) continue;
      yield number;
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
    }
    inTransaction(file, database, () => {
      const note = database.prepare(
        'UPDATE listed.listing SET number = ?, id = ?, touched = ? WHERE path = ?',
      );
      try {
        for (const values of notes) note.run([...values]);
      } finally {
        note.finalize();
      }
    });
    last = page.at(-1)!.path;
  }
  return { differences: { added, changed, gone: database.get(gone)!.gone as number }, pending, unread };
}

/** Forgets that the index has any image of the listing: all are to be run. */
export function forgetKnown({ file, database }: Index): void {
  inTransaction(file, database, () => database.exec('UPDATE listed.listing SET id = NULL, touched = 0'));
}

/** The bins of the images of an index that are not in its listing, or are another image there. */
export function* removedBins({ database }: Index): Generator<Uint8Array> {
  const reading = database.prepare(
    `SELECT bins FROM main.images AS known WHERE bins IS NOT NULL AND ${isRemoved}`,
  );
  try {
    for (const { bins } of reading.iterate([])) yield bins as Uint8Array;
  } finally {
    reading.finalize();
  }
}

const isRemoved = `NOT EXISTS (SELECT 1 FROM listed.listing AS here WHERE here.path = known.path AND here.id IS NOT NULL)`;

/** Takes what is not in the listing any more out of the index, and notes sizes and times that are new. In a transaction. */
export function followListing({ database }: Index): void {
  database.exec(`DELETE FROM main.images AS known WHERE ${isRemoved};
    UPDATE main.images SET bytes = here.bytes, modified = here.modified FROM listed.listing AS here
    WHERE here.path = images.path AND here.touched = 1 AND here.id IS NOT NULL`);
}

/** The number that the listing gives an image of the index; `undefined` where it does not have that any more. */
export function numberOf({ database }: Index, id: number): number | undefined {
  const row = database.get(
    'SELECT number FROM main.images AS known JOIN listed.listing AS here ON here.path = known.path WHERE known.id = ? AND here.id IS NOT NULL',
    id,
  );
  return row ? (row.number as number) : undefined;
}
