import { deflateRawSync } from 'node:zlib';
import type { Database } from 'node-sqlite3-wasm';
import type { LayerFindings } from '../../core/experiments/topActivations/findings';
import { placesOf } from '../../core/experiments/topActivations/ranking';
import type { Index, IndexedImage } from './indexFile';
import { inTransaction } from '../database';

/** An image that was looked at. */
export interface Looked extends Omit<IndexedImage, 'id'> {
  /** The bins it was counted in; `null` where it could not be read. */
  readonly bins: Uint8Array | null;
}

export interface IndexWriter {
  /** Returns the id that the image gets. */
  readonly add: (image: Looked) => number;
  /** Writes everything since the last time, all of it or nothing. */
  readonly save: () => void;
}

export interface WriterOptions {
  readonly findings: readonly LayerFindings[];
  /** The id of the image with a number of the findings. */
  readonly idOf: (image: number) => number;
  /** What has to be done to the file first, together with what is saved first. */
  readonly before?: () => void;
}

/** Gathers what a scan finds, and gives new images their ids. */
export function createWriter(index: Index, { findings, idOf, before }: WriterOptions): IndexWriter {
  const { last } = index.database.get('SELECT MAX(id) AS last FROM images') as { last: number | null };
  let nextId = (last ?? -1) + 1;
  let first = before;
  let added: Added[] = [];
  return {
    add({ bins, ...image }) {
      const id = nextId++;
      // Copied: what zlib returns lies in a buffer of 16 kilobytes.
      const deflated = bins && new Uint8Array(deflateRawSync(bins, { level: 1 }));
      added.push({ ...image, id, bins: deflated });
      return id;
    },
    save() {
      writeCheckpoint(index, { first, added, findings, idOf });
      first = undefined;
      added = [];
    },
  };
}

type Added = IndexedImage & { readonly bins: Uint8Array | null };

interface Checkpoint extends Pick<WriterOptions, 'findings' | 'idOf'> {
  readonly first: (() => void) | undefined;
  readonly added: readonly Added[];
}

function writeCheckpoint({ file, database }: Index, { first, added, findings, idOf }: Checkpoint): void {
  inTransaction(file, database, () => {
    // An image goes before the places that it held are given to others.
    database.exec('PRAGMA defer_foreign_keys = ON');
    first?.();
    for (const { id, path, bytes, modified, hash, problem, bins } of added) {
      const row = [id, path, bytes, modified, hash, problem, bins];
      database.run('INSERT INTO images VALUES (?, ?, ?, ?, ?, ?, ?)', row);
    }
    findings.forEach((found, layer) => writeLayer(database, layer, found, idOf));
  });
  for (const { changed } of findings) changed.fill(0);
}

function writeLayer(
  database: Database,
  layer: number,
  { ranking, histogram, changed, layer: { width } }: LayerFindings,
  idOf: WriterOptions['idOf'],
): void {
  const insert = database.prepare('INSERT INTO activations VALUES (?, ?, ?, ?, ?, ?, ?)');
  try {
    changed.forEach((isChanged, map) => {
      if (!isChanged) return;
      database.run('DELETE FROM activations WHERE layer = ? AND map = ?', [layer, map]);
      let place = 0;
      for (const { value, image, position } of placesOf(ranking, map)) {
        const y = Math.floor(position / width);
        insert.run([layer, map, place++, value, idOf(image), y, position % width]);
      }
    });
  } finally {
    insert.finalize();
  }
  const values = [bytesOf(histogram), ranking.cut, layer];
  database.run('UPDATE layers SET histogram = ?, cut = ? WHERE id = ?', values);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
