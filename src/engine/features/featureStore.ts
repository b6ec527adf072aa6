import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Database } from 'node-sqlite3-wasm';
import { notWritable } from '../../core/errors';
import { featuresOfAnother, notFeatures } from '../../core/experiments/features/errors';
import type { Pooling } from '../../core/experiments/features/pool';
import {
  inTransaction,
  isEmpty,
  openDatabase,
  readSettings,
  settingsTable,
  writeSettings,
} from '../database';
import { waitForLock } from '../topActivations/claim';

/** What features depend on beside the image, the layer and the pooling. A store serves no other. */
export interface StoreSettings {
  /** SHA-256 of the model. */
  readonly modelHash: string;
  /** As JSON. */
  readonly preprocessing: string;
}

/** The features of one image at one layer. */
export interface StoredFeatures {
  /** SHA-256 of the image's file. */
  readonly hash: string;
  readonly layer: string;
  readonly features: Float32Array;
}

/** Features that were extracted once, in a file. */
export interface FeatureStore {
  /** Hashes of the images that have features at a layer. */
  readonly known: (layer: string, pooling: Pooling) => Set<string>;
  readonly read: (
    layer: string,
    pooling: Pooling,
    visit: (hash: string, features: Float32Array) => void,
  ) => void;
  /** All of it or nothing. */
  readonly write: (pooling: Pooling, rows: readonly StoredFeatures[]) => void;
  readonly close: () => void;
}

const FORMAT = '1';

/** Vectors are float32, little-endian. */
const schema = `
  ${settingsTable}
  CREATE TABLE features (
    hash TEXT NOT NULL,
    layer TEXT NOT NULL,
    pooling TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (layer, pooling, hash)
  );
`;

/** Opens a store, or makes a new one with the folder that it is to be in. Throws a `UserError` where the file is something else or for another model. */
export async function openFeatureStore(file: string, settings: StoreSettings): Promise<FeatureStore> {
  await mkdir(path.dirname(file), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw notWritable(file, error.code ?? error.message);
  });
  await waitForLock(file);
  const database = await openDatabase(file, {});
  try {
    if (isEmpty(database, (reason) => notFeatures(file, reason))) {
      inTransaction(file, database, () => {
        database.exec(schema);
        writeSettings(database, Object.entries({ format: FORMAT, ...settings }));
      });
    } else requireSame(file, database, settings);
  } catch (error) {
    database.close();
    throw error;
  }
  return storeOf(file, database);
}

function requireSame(file: string, database: Database, { modelHash, preprocessing }: StoreSettings): void {
  const has = readSettings(database, (reason) => notFeatures(file, reason));
  if (has.get('format') !== FORMAT) throw notFeatures(file, 'its format is another one');
  if (has.get('modelHash') !== modelHash) throw featuresOfAnother(file, 'model');
  if (has.get('preprocessing') !== preprocessing) throw featuresOfAnother(file, 'preprocessing');
}

function storeOf(file: string, database: Database): FeatureStore {
  return {
    known(layer, pooling) {
      const rows = database.all('SELECT hash FROM features WHERE layer = ? AND pooling = ?', [
        layer,
        pooling,
      ]);
      return new Set((rows as { hash: string }[]).map(({ hash }) => hash));
    },
    read(layer, pooling, visit) {
      const reading = database.prepare('SELECT hash, vector FROM features WHERE layer = ? AND pooling = ?');
      try {
        for (const row of reading.iterate([layer, pooling])) {
          const { hash, vector } = row as { hash: string; vector: Uint8Array };
          visit(hash, new Float32Array(vector.slice().buffer));
        }
      } finally {
        reading.finalize();
      }
    },
    write(pooling, rows) {
      inTransaction(file, database, () => {
        const insert = database.prepare('INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)');
        try {
          for (const { hash, layer, features } of rows) {
            const vector = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
            insert.run([hash, layer, pooling, vector]);
          }
        } finally {
          insert.finalize();
        }
      });
    },
    close: () => database.close(),
  };
}
