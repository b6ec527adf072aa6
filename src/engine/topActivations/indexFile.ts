import type { Database } from 'node-sqlite3-wasm';
import { indexOfAnother, notAnIndex } from '../../core/experiments/topActivations/errors';
import { createFindings, type LayerFindings } from '../../core/experiments/topActivations/findings';
import { binCount } from '../../core/experiments/topActivations/histogram';
import { offer } from '../../core/experiments/topActivations/ranking';
import type { ScannedLayer } from '../../core/experiments/topActivations/scan';
import { nameOfShard, type Shard } from '../../core/experiments/topActivations/shards';
import { inTransaction, isEmpty, openDatabase, readSettings, writeSettings } from '../database';
import { formatVersion, schema } from './schema';

/** What the numbers of an index depend on. An index serves no other. */
export interface IndexSettings {
  /** Name of the model's file, for people. */
  readonly model: string;
  /** SHA-256 of the model. */
  readonly modelHash: string;
  /** As JSON. */
  readonly preprocessing: string;
  readonly layers: readonly ScannedLayer[];
  /** Strongest activations that are wanted of each map. */
  readonly k: number;
  /** How many of them one image may hold. */
  readonly each: number;
  /** Which of the images; `null` for all. */
  readonly shard: Shard | null;
}

/** Strongest activations that are remembered of each map: twice as many as are wanted, to fill up when images go. */
export function placesFor(k: number): number {
  return 2 * k;
}

/** An image that an index knows, or a folder that could not be read. */
export interface IndexedImage {
  readonly id: number;
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
  /** SHA-256; `null` where the file could not be read. */
  readonly hash: string | null;
  /** Why the image was passed over, `null` where it was not. */
  readonly problem: string | null;
}

/** Whether a path of an index is that of a folder that could not be read. */
export function isFolder(path: string): boolean {
  return path.endsWith('/');
}

/** An open index. */
export interface Index {
  readonly file: string;
  readonly database: Database;
}

/** An index that is only looked at. */
export interface ReadableIndex extends Index {
  readonly k: number;
  readonly each: number;
}

/** Opens an index for writing, or makes a new one. Throws a `UserError` where the file is something else or for other settings. */
export async function openIndex(file: string, settings: IndexSettings): Promise<Index> {
  const database = await openDatabase(file, {});
  const refuse = (reason: string) => notAnIndex(file, reason);
  try {
    if (isEmpty(database, refuse)) inTransaction(file, database, () => create(database, settings));
    else requireSame(file, readSettings(database, refuse), describeSettings(settings));
    return { file, database };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens an index for reading, whatever layers and places it was made for. Throws as `openIndex` does. */
export async function openIndexToRead(
  file: string,
  settings: Pick<IndexSettings, 'model' | 'modelHash' | 'preprocessing'>,
): Promise<ReadableIndex> {
  const database = await openDatabase(file, { readOnly: true });
  try {
    // Functions that a crafted file names in its own definitions are not called.
    database.exec('PRAGMA trusted_schema = OFF');
    const has = readSettings(database, (reason) => notAnIndex(file, reason));
    const wanted = describeSettings({ ...settings, layers: [], k: 0, each: 0, shard: null });
    const depended = ['format', 'model', 'model hash', 'preprocessing'].map(
      (name) => [name, wanted.get(name)!] as const,
    );
    requireSame(file, has, new Map(depended));
    const [k, each] = [Number(has.get('number of places')), Number(has.get('number of places an image'))];
    if (!isCount(k) || !isCount(each)) throw notAnIndex(file, 'it does not say how many places it has');
    return { file, database, k, each };
  } catch (error) {
    database.close();
    throw error;
  }
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function create(database: Database, settings: IndexSettings): void {
  database.exec(schema);
  writeSettings(database, [...describeSettings(settings), [finished, 'no']]);
  settings.layers.forEach(({ label, tensor, maps, height, width }, id) => {
    const empty = [new Uint8Array(4 * binCount * maps), new Uint8Array(maps)];
    const row = [id, label, tensor, maps, height, width, ...empty];
    database.run('INSERT INTO layers VALUES (?, ?, ?, ?, ?, ?, ?, ?)', row);
  });
}

/** The setting that says whether the last scan came to its end. */
const finished = 'finished';

/** Says whether an index lacks images. */
export function markFinished({ file, database }: Index, state: 'yes' | 'no'): void {
  inTransaction(file, database, () => {
    database.run('UPDATE settings SET value = ? WHERE name = ?', [state, finished]);
  });
}

/** Settings by name, the most telling difference first. */
export function describeSettings({
  model,
  modelHash,
  preprocessing,
  layers,
  k,
  each,
  shard,
}: IndexSettings): Map<string, string> {
  return new Map([
    ['format', String(formatVersion)],
    ['model', model],
    ['model hash', modelHash],
    ['preprocessing', preprocessing],
    ['choice of layers', layers.map(({ label }) => label).join(', ')],
    ['number of places', String(k)],
    ['number of places an image', String(each)],
    ['part of the images', shard ? `shard ${nameOfShard(shard)}` : 'all'],
  ]);
}

/** Throws a `UserError` where an index depends on something else than is wanted. */
export function requireSame(
  file: string,
  has: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
): void {
  if (has.get('format') !== wanted.get('format')) throw notAnIndex(file, 'its format is another one');
  for (const [name, value] of wanted) {
    // A model that was renamed is the same model.
    if (name === 'model' || has.get(name) === value) continue;
    if (name === 'model hash') throw indexOfAnother(file, 'model', versionOf(has), versionOf(wanted));
    throw indexOfAnother(file, name, has.get(name) ?? 'none', value);
  }
}

function versionOf(settings: ReadonlyMap<string, string>): string {
  return `${settings.get('model') ?? 'one without a name'} (${settings.get('model hash')?.slice(0, 8) ?? 'no hash'})`;
}

/** The images of an index by path, one after another. */
export function* readImages(database: Database): Generator<IndexedImage> {
  const reading = database.prepare(
    'SELECT id, path, bytes, modified, hash, problem FROM images ORDER BY path',
  );
  try {
    for (const row of reading.iterate([])) yield row as unknown as IndexedImage;
  } finally {
    reading.finalize();
  }
}

/** The bins an image was counted in; `null` where it was passed over. */
export function readBins(database: Database, id: number): Uint8Array | null {
  const row = database.get('SELECT bins FROM images WHERE id = ?', id) as { bins: Uint8Array | null } | null;
  return row?.bins ?? null;
}

/** The findings as the file has them, without those of images that `numberOf` gives no number. */
export function readFindings(
  database: Database,
  layers: readonly ScannedLayer[],
  { places, numberOf }: { readonly places: number; readonly numberOf: (id: number) => number | undefined },
): LayerFindings[] {
  return layers.map((layer, id) => {
    const findings = createFindings(layer, places);
    const { histogram, cut } = database.get(
      'SELECT histogram, cut FROM layers WHERE id = ?',
      id,
    ) as unknown as {
      histogram: Uint8Array;
      cut: Uint8Array;
    };
    new Uint8Array(findings.histogram.buffer).set(histogram);
    const rows = database.all('SELECT map, value, image, y, x FROM activations WHERE layer = ?', id);
    for (const { map, value, image, y, x } of rows as unknown as Record<string, number>[]) {
      const number = numberOf(image!);
      if (number === undefined) findings.changed[map!] = 1;
      else offer(findings.ranking, map!, { value: value!, image: number, position: y! * layer.width + x! });
    }
    findings.ranking.cut.set(cut);
    return findings;
  });
}
