import type { Database } from 'node-sqlite3-wasm';
import { isInShard, type Shard } from '../../core/experiments/topActivations/shards';
import { inTransaction, openDatabase, removeDatabase } from '../database';
import { everySoOften } from './everySoOften';
import { walkFolder, type Listing } from './listImages';

/**
 * The images of a folder while they are scanned, in a file beside the index and not in memory, where a million of them would take
 * a gigabyte. `number` counts all rows by path; `id` is that of a row of the index that holds the same image, `touched` is 1
 * where its file was written anew without changing. A `problem` is that of a folder that cannot be read.
 */
const schema = `
  CREATE TABLE listing (
    path TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    modified REAL NOT NULL,
    problem TEXT,
    number INTEGER,
    id INTEGER,
    touched INTEGER
  ) WITHOUT ROWID;
`;

/** Kilobytes of the file that are kept in memory: paths come in no order. */
const CACHE = 16_000;

/** The file that lists the images of an index while these are scanned. */
export function listingOf(index: string): string {
  return `${index}.scan-listing`;
}

/**
 * Lists a folder, or what of it is in a shard; yields now and then how many images there are so far, and returns how many there
 * are. Throws a `UserError` where the folder holds no image.
 */
export async function* writeListing(
  file: string,
  { folder, shard }: { readonly folder: string; readonly shard: Shard | undefined },
  signal: AbortSignal,
): AsyncGenerator<number, number> {
  await removeDatabase(file);
  const database = await openDatabase(file, {});
  let images = 0;
  const isTime = everySoOften();
  try {
    database.exec(`PRAGMA cache_size = -${CACHE}; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF`);
    inTransaction(file, database, () => database.exec(schema));
    for await (const found of walkFolder(folder, signal)) {
      inTransaction(file, database, () => (images += add(database, found, shard)));
      if (isTime()) yield images;
    }
    return images;
  } finally {
    database.close();
  }
}

/** Returns how many images were added. */
function add(database: Database, { images, unread }: Listing, shard: Shard | undefined): number {
  const isWanted = ({ path }: { readonly path: string }) => shard === undefined || isInShard(path, shard);
  // Two names that are no text are spelled the same.
  const insert = database.prepare('INSERT OR IGNORE INTO listing (path, bytes, modified, problem) VALUES (?, ?, ?, ?)'); // prettier-ignore
  let added = 0;
  try {
    for (const { path, bytes, modified } of images.filter(isWanted)) {
      added += insert.run([path, bytes, modified, null]).changes;
    }
    for (const { path, problem } of unread.filter(isWanted)) insert.run([path, 0, 0, problem]);
  } finally {
    insert.finalize();
  }
  return added;
}

/** Makes a listing part of an open index, as the schema `listed`. */
export function attachListing(database: Database, file: string): void {
  database.run('ATTACH ? AS listed', file);
  database.exec(`PRAGMA listed.cache_size = -${CACHE}; PRAGMA listed.synchronous = OFF; PRAGMA listed.journal_mode = MEMORY`); // prettier-ignore
}
