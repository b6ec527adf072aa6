import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { UserError } from '../../core/errors';
import { notAnIndex, shardsDiffer, shardsMissing } from '../../core/experiments/topActivations/errors';
import {
  count,
  createFindings,
  takeRankings,
  type LayerFindings,
} from '../../core/experiments/topActivations/findings';
import { missingShards, nameOfShard } from '../../core/experiments/topActivations/shards';
import type { ScanResult } from '../../protocol/topActivations';
import { reasonOf } from '../database';
import { claimIndex } from './claim';
import { createWriter } from './indexWriter';
import {
  describeSettings,
  isFolder,
  markFinished,
  openIndex,
  placesFor,
  readFindings,
  requireSame,
  type Index,
} from './indexFile';
import { binsOf, openShard, type OpenShard } from './readShard';
import { resultOf } from './scanResult';

/** Images between two checkpoints, for what waits to be written takes memory. */
const AT_ONCE = 20_000;

/**
 * Merges the indexes of all shards of a data set into that of the whole: the one that a single scan would have made. Shards
 * that are named twice count once. An index that is there already gives way when the new one is whole.
 */
export async function mergeIndexes(files: readonly string[], into: string): Promise<ScanResult> {
  const release = await claimIndex(into);
  const opened: OpenShard[] = [];
  const unfinished = `${into}.merging`;
  try {
    for (const file of files) opened.push(await openShard(file));
    const shards = distinctShards(opened);
    if (existsSync(into)) (await openIndex(into, shards[0]!.settings)).database.close();
    await rm(unfinished, { force: true });
    const index = await openIndex(unfinished, shards[0]!.settings);
    try {
      const result = merge(shards, index);
      index.database.close();
      await rename(unfinished, into);
      return result;
    } finally {
      if (index.database.isOpen) index.database.close();
    }
  } finally {
    for (const { database } of opened) database.close();
    await rm(unfinished, { force: true });
    await release();
  }
}

/** Each shard once. Throws a `UserError` where they are not those of one whole. */
function distinctShards(opened: readonly OpenShard[]): readonly OpenShard[] {
  const [first] = opened;
  const distinct = new Map<number, OpenShard>();
  for (const shard of opened) {
    const wanted = new Map([
      ...describeSettings(first!.settings),
      ['number of shards', String(first!.shard.of)],
    ]);
    const has = new Map([...describeSettings(shard.settings), ['number of shards', String(shard.shard.of)]]);
    requireSame(shard.file, has, wanted);
    const same = distinct.get(shard.shard.index);
    if (same && contentOf(same) !== contentOf(shard)) {
      throw shardsDiffer(nameOfShard(shard.shard), same.file, shard.file);
    }
    distinct.set(shard.shard.index, same ?? shard);
  }
  const missing = missingShards(opened.map(({ shard }) => shard));
  if (missing.length > 0) throw shardsMissing(missing.map(nameOfShard));
  return [...distinct.values()];
}

/** Which images a shard holds, as one text. */
function contentOf({ images }: OpenShard): string {
  return images
    .map(({ path, hash }) => `${path} ${hash}`)
    .sort()
    .join('\n');
}

function merge(shards: readonly OpenShard[], index: Index): ScanResult {
  const { layers, k } = shards[0]!.settings;
  const places = placesFor(k);
  const images = shards.flatMap((shard) => shard.images.map((image) => ({ shard, image })));
  images.sort((a, b) => (a.image.path < b.image.path ? -1 : 1));
  const listed = images.map(({ image }) => image);
  const findings = layers.map((layer) => createFindings(layer, places));
  const plan = { listed, pending: [...listed.keys()], known: new Map(), touched: [], removed: [] };
  const writer = createWriter(index, plan, findings);
  const numbers = new Map(shards.map((shard) => [shard, new Map<number, number>()]));
  images.forEach(({ shard, image }, number) => {
    const bins = reading(shard, () => binsOf(shard, image));
    if (bins) count(findings, bins);
    writer.add({ number, hash: image.hash, problem: image.problem, bins });
    numbers.get(shard)!.set(image.id, number);
    if (number % AT_ONCE === AT_ONCE - 1) writer.save();
  });
  for (const shard of shards) takeShard(findings, shard, numbers.get(shard)!);
  writer.save();
  markFinished(index, 'yes');
  const all = listed.filter(({ path }) => !isFolder(path)).length;
  return resultOf(index, findings, {
    images: all,
    scanned: all,
    added: all,
    changed: 0,
    gone: 0,
  });
}

function takeShard(
  findings: readonly LayerFindings[],
  shard: OpenShard,
  numbers: ReadonlyMap<number, number>,
): void {
  const { layers, k } = shard.settings;
  const places = placesFor(k);
  const found = reading(shard, () =>
    readFindings(shard.database, layers, { places, numberOf: (id) => numbers.get(id) }),
  );
  takeRankings(
    findings,
    found.map(({ ranking }) => ranking),
  );
}

/** An index is a file that anybody may have made. */
function reading<T>({ file }: OpenShard, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof UserError ? error : notAnIndex(file, reasonOf(error));
  }
}
