import { deflateRawSync } from 'node:zlib';
import type { Database } from 'node-sqlite3-wasm';
import type { LayerFindings } from '../../core/experiments/topActivations/findings';
import { placesOf } from '../../core/experiments/topActivations/ranking';
import type { Index, IndexedImage } from './indexFile';
import type { ListedImage } from './listImages';
import type { ScanPlan } from './plan';
import { inTransaction } from '../database';

/** An image that was looked at. */
export interface Looked {
  readonly number: number;
  readonly hash: string | null;
  readonly problem: string | null;
  /** The bins it was counted in; `null` where it could not be read. */
  readonly bins: Uint8Array | null;
}

export interface IndexWriter {
  add(image: Looked): void;
  /** Writes everything since the last time, all of it or nothing. */
  save(): void;
}

/** What of a plan comes into the file. */
interface Written extends Pick<ScanPlan, 'known' | 'touched' | 'removed'> {
  readonly listed: readonly ListedImage[];
}

/** What a checkpoint adds to the file. */
interface Checkpoint {
  /** Ids of images. */
  readonly removed: readonly number[];
  readonly touched: readonly Pick<IndexedImage, 'id' | 'bytes' | 'modified'>[];
  readonly added: readonly (IndexedImage & { readonly bins: Uint8Array | null })[];
  readonly findings: readonly LayerFindings[];
  /** The id of the image with a number of the findings. */
  readonly idOf: (image: number) => number;
}

/** Gathers what a scan finds, and gives new images their ids. */
export function createWriter(
  index: Index,
  { listed, known, touched, removed }: Written,
  findings: readonly LayerFindings[],
): IndexWriter {
  const ids = new Map([...known].map(([number, { id }]) => [number, id]));
  let nextId = [...ids.values(), ...removed].reduce((largest, id) => Math.max(largest, id), -1) + 1;
  let added: Checkpoint['added'][number][] = [];
  let before: Pick<Checkpoint, 'removed' | 'touched'> = { removed, touched };
  return {
    add({ number, hash, problem, bins }) {
      const id = nextId++;
      ids.set(number, id);
      const { path, bytes, modified } = listed[number]!;
      const deflated = bins && deflateRawSync(bins, { level: 1 });
      added.push({ id, path, bytes, modified, hash, problem, bins: deflated });
    },
    save() {
      writeCheckpoint(index, { ...before, added, findings, idOf: (number) => ids.get(number)! });
      before = { removed: [], touched: [] };
      added = [];
    },
  };
}

function writeCheckpoint({ file, database }: Index, checkpoint: Checkpoint): void {
  const { removed, touched, added, findings, idOf } = checkpoint;
  inTransaction(file, database, () => {
    // An image goes before the places that it held are given to others.
    database.exec('PRAGMA defer_foreign_keys = ON');
    for (const id of removed) database.run('DELETE FROM images WHERE id = ?', id);
    for (const { id, bytes, modified } of touched) {
      database.run('UPDATE images SET bytes = ?, modified = ? WHERE id = ?', [bytes, modified, id]);
    }
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
  idOf: Checkpoint['idOf'],
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
