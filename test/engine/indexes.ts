import { mkdirSync } from 'node:fs';
import path from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import sharp from 'sharp';
import { gaussians, seededRandom } from '../support/random';

/** A picture of seeded noise. */
export async function writeNoise(file: string, seed: number): Promise<void> {
  const [height, width] = [40, 60];
  const noise = gaussians(seededRandom(seed), height * width * 3);
  const rgb = Uint8Array.from(noise, (value) => Math.max(0, Math.min(255, 128 + 60 * value)));
  mkdirSync(path.dirname(file), { recursive: true });
  await sharp(rgb, { raw: { height, width, channels: 3 } }).toFile(file);
}

/** A place of a map in an index. */
export interface Row {
  readonly label: string;
  readonly map: number;
  readonly place: number;
  readonly value: number;
  readonly path: string;
  readonly y: number;
  readonly x: number;
}

/** What an index says of `k` places a map, by the paths of its images, told by a reader that knows only its tables. */
export function contents(index: string, k = 4) {
  const database = new sqlite.Database(index, { fileMustExist: true });
  const rows = database.all(
    `SELECT label, map, place, value, path, y, x FROM activations
     JOIN layers ON layer = layers.id JOIN images ON image = images.id WHERE place < ? ORDER BY 1, 2, 3`,
    k,
  ) as unknown as Row[];
  const histograms = database.all('SELECT label, histogram FROM layers ORDER BY 1') as unknown as {
    histogram: Uint8Array;
  }[];
  const images = database.all('SELECT path, hash, problem, hex(bins) FROM images ORDER BY 1');
  database.close();
  return {
    rows,
    histograms: histograms.map(({ histogram }) => Buffer.from(histogram).toString('hex')),
    images,
  };
}
