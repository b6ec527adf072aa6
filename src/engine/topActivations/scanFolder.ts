import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import {
  count,
  createFindings,
  takeIn,
  takeRankings,
  uncount,
  type LayerFindings,
} from '../../core/experiments/topActivations/findings';
import { isComplete } from '../../core/experiments/topActivations/ranking';
import { isInShard } from '../../core/experiments/topActivations/shards';
import type {
  ImagesRequest,
  RankedImages,
  ScanProgress,
  ScanRequest,
  ScanResult,
  ScannedImages,
} from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { claimIndex } from './claim';
import { createWriter } from './indexWriter';
import {
  markFinished,
  openIndex,
  placesFor,
  readBins,
  readFindings,
  readImages,
  type Index,
  type IndexSettings,
} from './indexFile';
import { byPath, findImages, type ListedImage } from './listImages';
import { hashOf } from '../imageFile';
import { planScan, type Listed, type ScanPlan } from './plan';
import { scanImages, scannedLayers } from './scanImages';
import { resultOf } from './scanResult';

const CHECKPOINT_MS = 5000;

/** Runs images, wherever that may be. */
export type RunImages = (
  request: ImagesRequest,
  listed: readonly ListedImage[],
) => AsyncIterable<ScannedImages | RankedImages>;

/**
 * Brings an index of top activations up to date with a folder of images: runs those that are new or changed, and forgets
 * those that are gone. What is done is written every few seconds; a scan that was stopped or killed goes on from
 * there to the same result.
 */
export async function* scanFolder(
  model: OpenModel,
  request: Omit<ScanRequest, 'model'>,
  signal: AbortSignal,
  run: RunImages = (images) => scanImages(model, images, signal),
): AsyncGenerator<ScanProgress, ScanResult> {
  const { folder, index: file } = request;
  const all = yield* look(folder, signal);
  const { shard } = request;
  const listed = shard === undefined ? all : all.filter(({ path: entry }) => isInShard(entry, shard));
  const release = await claimIndex(file);
  try {
    const settings = settingsOf(model, request);
    const index = await openIndex(file, settings);
    try {
      const images = listed.filter(({ problem }) => problem === undefined).length;
      return yield* update(index, { model, folder, settings, listed, images, signal }, run);
    } finally {
      index.database.close();
    }
  } finally {
    await release();
  }
}

function settingsOf(
  model: OpenModel,
  { k, each, layers: chosen, shard }: Omit<ScanRequest, 'model'>,
): IndexSettings {
  const { network, summary } = model;
  const labels = chosen ?? network.layers.map(({ label }) => label);
  const layers = scannedLayers(model, labels);
  const preprocessing = JSON.stringify(summary.preprocessing);
  return {
    model: summary.name,
    modelHash: summary.hash,
    preprocessing,
    layers,
    k,
    each,
    shard: shard ?? null,
  };
}

interface Job {
  readonly model: OpenModel;
  readonly folder: string;
  readonly settings: IndexSettings;
  readonly listed: readonly Listed[];
  /** Of those, how many are images. */
  readonly images: number;
  readonly signal: AbortSignal;
}

async function* look(folder: string, signal: AbortSignal): AsyncGenerator<ScanProgress, readonly Listed[]> {
  const finding = findImages(folder, signal);
  for (;;) {
    const step = await finding.next();
    if (step.done) {
      const { images, unread } = step.value;
      return [...images, ...unread.map((entry) => ({ ...entry, bytes: 0, modified: 0 }))].sort(byPath);
    }
    yield { step: 'looking', images: step.value, pending: 0, done: 0 };
  }
}

async function* compare(
  { database }: Index,
  { folder, listed, images, signal }: Job,
): AsyncGenerator<ScanProgress, ScanPlan> {
  const comparing = planScan(listed, readImages(database), ({ path: name }) =>
    hashOf(path.join(folder, name)),
  );
  for (;;) {
    const step = await comparing.next();
    if (step.done) return step.value;
    signal.throwIfAborted();
    yield { step: 'comparing', images, pending: images, done: Math.min(step.value, images) };
  }
}

async function* update(index: Index, job: Job, run: RunImages): AsyncGenerator<ScanProgress, ScanResult> {
  const { model, folder, settings, listed, images: all } = job;
  const { plan, findings } = takeUp(index, settings, yield* compare(index, job));
  const writer = createWriter(index, plan, findings);
  const { pending, unread } = plan;
  for (const number of unread) {
    writer.add({ number, hash: null, problem: listed[number]!.problem!, bins: null });
  }
  if (pending.length > 0) markFinished(index, 'no');
  let done = 0;
  const state = (): ScanProgress => ({
    step: 'running',
    images: all,
    pending: pending.length,
    done,
  });
  yield state();
  let saved = performance.now();
  try {
    const wanted: ImagesRequest = {
      model: model.summary.path,
      folder,
      images: pending.map((number) => listed[number]!.path),
      layers: settings.layers.map(({ label }) => label),
      each: settings.each,
    };
    const pictures = pending.map((number) => listed[number]!);
    for await (const found of run(wanted, pictures)) {
      const { images, hashes, passedOver } = found;
      const bins = takeFound(findings, found, pending);
      images.forEach((image, i) => {
        writer.add({ number: pending[image]!, hash: hashes[i]!, problem: null, bins: bins[i]! });
      });
      for (const { number, ...rest } of passedOver) {
        writer.add({ ...rest, number: pending[number]!, bins: null });
      }
      done += images.length + passedOver.length;
      if (performance.now() - saved > CHECKPOINT_MS) {
        writer.save();
        saved = performance.now();
      }
      yield state();
    }
  } finally {
    writer.save();
  }
  markFinished(index, 'yes');
  return resultOf(index, findings, { images: all, scanned: pending.length, ...plan.differences });
}

/** Takes what was found into the findings, under the numbers of all images. Returns the bins each image was counted in. */
function takeFound(
  findings: readonly LayerFindings[],
  found: ScannedImages | RankedImages,
  numbers: readonly number[],
): readonly Uint8Array[] {
  const numberOf = (image: number): number => numbers[image] ?? 0;
  if ('layers' in found) return takeIn(findings, { ...found, images: found.images.map(numberOf) });
  const { rankings, bins } = found;
  takeRankings(
    findings,
    rankings.map((ranking) => ({ ...ranking, images: ranking.images.map(numberOf) })),
  );
  for (const of of bins) count(findings, of);
  return bins;
}

/** What the index knows already, without the images that are gone. Begins anew where too much went with them. */
function takeUp(
  { database }: Index,
  { layers, k }: IndexSettings,
  plan: ScanPlan,
): { plan: ScanPlan; findings: readonly LayerFindings[] } {
  const places = placesFor(k);
  const numbers = new Map([...plan.known].map(([number, { id }]) => [id, number]));
  const findings = readFindings(database, layers, { places, numberOf: (id) => numbers.get(id) });
  if (findings.every(({ ranking }) => isComplete(ranking, k))) {
    for (const id of plan.removed) {
      const bins = readBins(database, id);
      if (bins) uncount(findings, inflateRawSync(bins));
    }
    return { plan, findings };
  }
  const fresh = layers.map((layer) => createFindings(layer, places));
  for (const { changed } of fresh) changed.fill(1);
  const removed = [...plan.removed, ...[...plan.known.values()].map(({ id }) => id)];
  const pending = [...plan.listed.keys()].filter((number) => plan.listed[number]!.problem === undefined);
  return { plan: { ...plan, removed, pending, known: new Map(), touched: [] }, findings: fresh };
}
