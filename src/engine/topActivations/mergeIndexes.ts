import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
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
import { reasonOf, removeDatabase } from '../database';
import { claimIndex } from './claim';
import { createWriter } from './indexWriter';
import {
  describeSettings,
  isFolder,
  markFinished,
  openIndex,
  placesFor,
  readFindings,
  readImages,
  requireSame,
  type Index,
  type IndexedImage,
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
    await removeDatabase(unfinished);
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
    await removeDatabase(unfinished);
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

/** What tells which images a shard holds. */
function contentOf(shard: OpenShard): string {
  const hash = createHash('sha256');
  reading(shard, () => {
    for (const { path, hash: content } of readImages(shard.database)) hash.update(`${path} ${content}\n`);
  });
  return hash.digest('hex');
}

function merge(shards: readonly OpenShard[], index: Index): ScanResult {
  const { layers, k } = shards[0]!.settings;
  const findings = layers.map((layer) => createFindings(layer, placesFor(k)));
  // Images are added by number to a file that was empty.
  const writer = createWriter(index, { findings, idOf: (image) => image });
  const numbers = new Map(shards.map((shard) => [shard, rankedIn(shard)]));
  let images = 0;
  for (const { shard, image } of byPath(shards)) {
    const bins = reading(shard, () => binsOf(shard, image));
    if (bins) count(findings, bins);
    const { id, ...rest } = image;
    const number = writer.add({ ...rest, bins });
    const ranked = numbers.get(shard)!;
    if (ranked.has(id)) ranked.set(id, number);
    if (!isFolder(image.path)) images++;
    if (number % AT_ONCE === AT_ONCE - 1) writer.save();
  }
  for (const shard of shards) takeShard(findings, shard, numbers.get(shard)!);
  writer.save();
  markFinished(index, 'yes');
  return resultOf(index, findings, { images, scanned: images, added: images, changed: 0, gone: 0 });
}

/** The ids of the images that a shard ranks; what number they get is not known yet. */
function rankedIn(shard: OpenShard): Map<number, number | undefined> {
  const rows = reading(shard, () => shard.database.all('SELECT DISTINCT image FROM activations'));
  return new Map(rows.map(({ image }) => [Number(image), undefined]));
}

/** The images of all shards by path, one after another. */
function* byPath(shards: readonly OpenShard[]): Generator<{ shard: OpenShard; image: IndexedImage }> {
  const heads = shards.map((shard) => ({ shard, images: readImages(shard.database) }));
  const next = ({ shard, images }: (typeof heads)[number]) => {
    const step = reading(shard, () => images.next());
    return step.done ? [] : [{ shard, images, image: step.value, key: Buffer.from(step.value.path) }];
  };
  try {
    let open = heads.flatMap(next);
    while (open.length > 0) {
      const first = open.reduce((least, head) => (Buffer.compare(head.key, least.key) < 0 ? head : least));
      yield first;
      open = open.flatMap((head) => (head === first ? next(head) : [head]));
    }
  } finally {
    for (const { images } of heads) images.return(undefined);
  }
}

function takeShard(
  findings: readonly LayerFindings[],
  shard: OpenShard,
  numbers: ReadonlyMap<number, number | undefined>,
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
