import { existsSync } from 'node:fs';
import { UserError } from '../../core/errors';
import { notAnIndex } from '../../core/experiments/topActivations/errors';
import { binCount } from '../../core/experiments/topActivations/histogram';
import type {
  ScanProblem,
  TopIndex,
  TopLayer,
  TopMap,
  TopPlace,
  TopSubject,
} from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { lockOf, waitForLock } from './claim';
import { openIndexToRead, type ReadableIndex } from './indexFile';
import { isInFolder } from './listImages';
import { reasonOf } from '../database';

/** None of them walks through the images: an index opens as fast whatever their number. */
export const queries = {
  problems: 'SELECT path, problem FROM images WHERE problem IS NOT NULL ORDER BY path LIMIT ?',
  unread: `SELECT COUNT(*) FILTER (WHERE path NOT LIKE '%/') AS unread, COUNT(*) FILTER (WHERE path LIKE '%/') AS folders
     FROM images WHERE problem IS NOT NULL`,
  layers: 'SELECT id, label, histogram FROM layers ORDER BY id',
  places: `SELECT value, path AS image, y, x FROM activations JOIN images ON image = images.id
     WHERE layer = ? AND map = ? ORDER BY place LIMIT ?`,
  strongest: 'SELECT map FROM activations WHERE layer = ? AND place = 0 ORDER BY value DESC, map LIMIT ?',
} as const;

export const mostProblems = 1000;
const mostAttempts = 5;

/** What an index says as a whole; `null` where there is none yet. */
export async function readTopIndex(model: OpenModel, { index: file }: TopSubject): Promise<TopIndex | null> {
  if (!existsSync(file)) return null;
  return reading(model, file, (index) => {
    const layers = layerRows(model, index);
    const problems = index.database.all(queries.problems, mostProblems);
    const images = layers[0] ? countOf(layers[0].histogram.subarray(0, binCount)) : 0;
    return {
      images,
      k: index.k,
      each: index.each,
      layers: layers.map(({ label, maps, histogram }): TopLayer => ({
        label,
        maps,
        inactive: inactiveIn(histogram),
      })),
      problems: (problems as readonly object[]).filter(isProblem),
    };
  });
}

/** What an index says of some maps of a layer; maps that the layer does not have are left out. */
export async function readTopMaps(
  model: OpenModel,
  { index: file }: TopSubject,
  { layer: label, maps }: { readonly layer: string; readonly maps: readonly number[] },
): Promise<readonly TopMap[]> {
  return reading(model, file, (index) => {
    const layer = layerRows(model, index).find((row) => row.label === label);
    return layer ? mapsOf(index, layer, maps) : [];
  });
}

/** What an index says of the maps of a layer that some image activates most, strongest first, as many as there are up to `count`. */
export async function readStrongestMaps(
  model: OpenModel,
  { index: file }: TopSubject,
  { layer: label, count }: { readonly layer: string; readonly count: number },
): Promise<readonly TopMap[]> {
  return reading(model, file, (index) => {
    const layer = layerRows(model, index).find((row) => row.label === label);
    if (!layer) return [];
    const maps = index.database.all(queries.strongest, [layer.id, count]).map(({ map }) => Number(map));
    return mapsOf(index, layer, maps);
  });
}

function mapsOf(index: ReadableIndex, layer: LayerRow, maps: readonly number[]): TopMap[] {
  return maps
    .filter((map) => isIndex(map, layer.maps))
    .map((map) => ({
      map,
      places: placesOf(index, layer, map),
      histogram: layer.histogram.slice(map * binCount, (map + 1) * binCount),
    }));
}

function isProblem(row: object): row is ScanProblem {
  const { path: image, problem } = row as Partial<ScanProblem>;
  return typeof image === 'string' && typeof problem === 'string';
}

/** Reads while nobody writes. A scan of another process holds the file for a moment at each of its checkpoints. */
async function reading<T>(model: OpenModel, file: string, read: (index: ReadableIndex) => T): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await waitForLock(file);
    try {
      return await readOnce(model, file, read);
    } catch (error) {
      if (attempt === mostAttempts || !existsSync(lockOf(file))) throw error;
    }
  }
}

/** An index is a file that anybody may have made: what does not fit the model, or leads out of the folder, is refused. */
async function readOnce<T>(model: OpenModel, file: string, read: (index: ReadableIndex) => T): Promise<T> {
  const { name, hash, preprocessing } = model.summary;
  const settings = { model: name, modelHash: hash, preprocessing: JSON.stringify(preprocessing) };
  const index = await openIndexToRead(file, settings);
  try {
    return read(index);
  } catch (error) {
    throw error instanceof UserError ? error : notAnIndex(file, reasonOf(error));
  } finally {
    index.database.close();
  }
}

interface LayerRow {
  readonly id: number;
  readonly label: string;
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  readonly histogram: Uint32Array;
}

function layerRows({ network }: OpenModel, { file, database }: ReadableIndex): readonly LayerRow[] {
  const rows = database.all(queries.layers);
  return rows.map(({ id, label, histogram }) => {
    const layer = network.layers.find((known) => known.label === label);
    const grid = layer && network.resolved.grids.get(layer.tensor);
    if (!layer || !grid)
      throw notAnIndex(
        file,
        `it names a layer "${typeof label === 'string' ? label : ''}" that the model does not have`,
      );
    const { maps, height, width } = grid;
    if (!(histogram instanceof Uint8Array) || histogram.length !== 4 * binCount * maps)
      throw notAnIndex(file, `its histogram of layer "${layer.label}" has another size`);
    return { id: Number(id), label: layer.label, maps, height, width, histogram: countsOf(histogram) };
  });
}

function placesOf({ file, database, k }: ReadableIndex, layer: LayerRow, map: number): TopPlace[] {
  return database.all(queries.places, [layer.id, map, k]).map(({ value, image, y, x }) => {
    const within = isIndex(y, layer.height) && isIndex(x, layer.width);
    if (typeof value !== 'number' || !within)
      throw notAnIndex(file, `map ${map} of layer "${layer.label}" has no such unit`);
    if (typeof image !== 'string' || !isInFolder(image))
      throw notAnIndex(file, 'it names an image outside of its folder');
    return { value, image, position: [y, x] };
  });
}

function isIndex(value: unknown, end: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}

function inactiveIn(histogram: Uint32Array): number[] {
  const inactive: number[] = [];
  for (let start = 0; start < histogram.length; start += binCount) {
    if (countOf(histogram.subarray(start + 1, start + binCount)) === 0) inactive.push(start / binCount);
  }
  return inactive;
}

function countOf(bins: Uint32Array): number {
  return bins.reduce((sum, count) => sum + count, 0);
}

/** Counts from their bytes, which need not lie at a multiple of four. */
function countsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer);
}
