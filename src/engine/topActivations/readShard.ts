import { inflateRawSync } from 'node:zlib';
import type { Database } from 'node-sqlite3-wasm';
import { UserError } from '../../core/errors';
import { notAnIndex, notAShard, shardUnfinished } from '../../core/experiments/topActivations/errors';
import type { ScannedLayer } from '../../core/experiments/topActivations/scan';
import { isInShard, nameOfShard, parseShard, type Shard } from '../../core/experiments/topActivations/shards';
import { openDatabase, readSettings, reasonOf } from '../database';
import { waitForLock } from './claim';
import { readBins, readImages, type Index, type IndexedImage, type IndexSettings } from './indexFile';

/** Larger numbers are no layer's. */
const most = 2 ** 24;

/** The index of a finished shard, open for reading. */
export interface OpenShard extends Index {
  readonly shard: Shard;
  /** What its numbers depend on, as those of the whole would be. */
  readonly settings: IndexSettings;
}

/** Opens the index of a shard. Throws a `UserError` where it is something else, or the shard was not scanned to its end. */
export async function openShard(file: string): Promise<OpenShard> {
  await waitForLock(file);
  const database = await openDatabase(file, { readOnly: true, fileMustExist: true });
  try {
    // Functions that a crafted file names in its own definitions are not called.
    database.exec('PRAGMA trusted_schema = OFF');
    const has = readSettings(database, (reason) => notAnIndex(file, reason));
    const shard = parseShard((has.get('part of the images') ?? '').replace(/^shard /, ''));
    if (shard === null) throw notAShard(file);
    if (has.get('finished') !== 'yes') throw shardUnfinished(file, nameOfShard(shard));
    const settings = { ...settingsOf(file, has), layers: readLayers(file, database) };
    for (const { path } of readImages(database)) {
      if (!isInShard(path, shard)) throw notAnIndex(file, `${path} is not of its shard`);
    }
    return { file, database, shard, settings };
  } catch (error) {
    database.close();
    throw error instanceof UserError ? error : notAnIndex(file, reasonOf(error));
  }
}

function settingsOf(file: string, has: ReadonlyMap<string, string>): Omit<IndexSettings, 'layers'> {
  const text = (name: string): string => has.get(name) ?? '';
  const [k, each] = [Number(text('number of places')), Number(text('number of places an image'))];
  if (!isCount(k) || !isCount(each)) throw notAnIndex(file, 'it does not say how many places it has');
  const [model, modelHash, preprocessing] = [text('model'), text('model hash'), text('preprocessing')];
  return { model, modelHash, preprocessing, k, each, shard: null };
}

function readLayers(file: string, database: Database): ScannedLayer[] {
  const rows = database.all('SELECT label, tensor, maps, height, width FROM layers ORDER BY id');
  return rows.map(({ label, tensor, ...sizes }) => {
    const [maps, height, width] = [Number(sizes.maps), Number(sizes.height), Number(sizes.width)];
    const named = typeof label === 'string' && typeof tensor === 'string';
    if (!named || ![maps, height, width].every(isCount)) throw notAnIndex(file, 'a layer has no size');
    return { label, tensor, maps, height, width };
  });
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < most;
}

/** The bins an image was counted in, one a map; `null` where it was passed over. */
export function binsOf({ file, database, settings }: OpenShard, { id }: IndexedImage): Uint8Array | null {
  const deflated = readBins(database, id);
  if (deflated === null) return null;
  const maps = settings.layers.reduce((sum, layer) => sum + layer.maps, 0);
  const bins = inflateRawSync(deflated, { maxOutputLength: maps });
  if (bins.length !== maps) throw notAnIndex(file, 'the bins of an image have another size');
  return bins;
}
