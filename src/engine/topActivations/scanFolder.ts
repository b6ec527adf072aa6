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
import type {
  RankedImages,
  ScanProgress,
  ScanRequest,
  ScanResult,
  ScannedImages,
  ScanSubject,
} from '../../protocol/topActivations';
import { removeDatabase } from '../database';
import { hashOf } from '../imageFile';
import type { OpenModel } from '../openModel';
import { claimIndex, isClaimedHere } from './claim';
import {
  compareListing,
  followListing,
  forgetKnown,
  numberOf,
  removedBins,
  type Comparison,
} from './compareListing';
import {
  markFinished,
  openIndex,
  placesFor,
  readFindings,
  type Index,
  type IndexSettings,
} from './indexFile';
import { createWriter } from './indexWriter';
import { attachListing, listingOf, writeListing } from './listing';
import { createRankedIds, type RankedIds } from './rankedIds';
import { scanHere } from './scanHere';
import { scannedLayers } from './scanImages';
import { resultOf } from './scanResult';
import { waitingImages, type WaitingImage, type WaitingImages } from './waitingImages';

const CHECKPOINT_MS = 5000;

/** Runs images, wherever that may be. What it finds is of their numbers. */
export type RunImages = (
  subject: ScanSubject,
  waiting: WaitingImages,
) => AsyncIterable<ScannedImages | RankedImages>;

/**
 * Brings an index of top activations up to date with a folder of images: runs those that are new or changed, and forgets
 * those that are gone. What is done is written every few seconds; a scan that was stopped or killed goes on from
 * there to the same result. What it holds in memory does not grow with the images.
 */
export async function* scanFolder(
  model: OpenModel,
  request: Omit<ScanRequest, 'model'>,
  signal: AbortSignal,
  run: RunImages = (subject, waiting) => scanHere(model, subject, waiting, signal),
): AsyncGenerator<ScanProgress, ScanResult> {
  const { folder, index: file } = request;
  if (isClaimedHere(file)) yield { step: 'waiting', images: 0, pending: 0, done: 0 };
  const release = await claimIndex(file, signal);
  const listing = listingOf(file);
  try {
    const images = yield* look(request, signal);
    const settings = settingsOf(model, request);
    const index = await openIndex(file, settings);
    try {
      attachListing(index.database, listing);
      return yield* update(index, { model, folder, settings, images, signal }, run);
    } finally {
      index.database.close();
    }
  } finally {
    await removeDatabase(listing);
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
  /** Of the folder. */
  readonly images: number;
  readonly signal: AbortSignal;
}

async function* look(
  { folder, index, shard }: Omit<ScanRequest, 'model'>,
  signal: AbortSignal,
): AsyncGenerator<ScanProgress, number> {
  const listing = writeListing(listingOf(index), { folder, shard }, signal);
  for (;;) {
    const step = await listing.next();
    if (step.done) return step.value;
    yield { step: 'looking', images: step.value, pending: 0, done: 0 };
  }
}

async function* compare(
  index: Index,
  { folder, images, signal }: Job,
): AsyncGenerator<ScanProgress, Comparison> {
  const comparing = compareListing(index, (name) => hashOf(path.join(folder, name)));
  for (;;) {
    const step = await comparing.next();
    if (step.done) return step.value;
    signal.throwIfAborted();
    yield { step: 'comparing', images, pending: images, done: Math.min(step.value, images) };
  }
}

async function* update(index: Index, job: Job, run: RunImages): AsyncGenerator<ScanProgress, ScanResult> {
  const { model, folder, settings, images } = job;
  const { differences, unread, ...compared } = yield* compare(index, job);
  const { findings, ids, isAnew } = takeUp(index, settings);
  const pending = isAnew ? images : compared.pending;
  const writer = createWriter(index, { findings, idOf: ids.idOf, before: () => followListing(index) });
  const save = () => {
    writer.save();
    ids.prune(findings);
  };
  for (const { path: name, problem } of unread) {
    writer.add({ path: name, bytes: 0, modified: 0, hash: null, problem, bins: null });
  }
  if (pending > 0) markFinished(index, 'no');
  let done = 0;
  const state = (): ScanProgress => ({ step: 'running', images, pending, done });
  yield state();
  let saved = performance.now();
  try {
    const labels = settings.layers.map(({ label }) => label);
    const subject = { model: model.summary.path, folder, layers: labels, each: settings.each };
    const running = rememberTaken(waitingImages(index, pending));
    for await (const found of run(subject, running.waiting)) {
      const bins = takeFound(findings, found);
      found.images.forEach((image, i) => {
        const { number, ...rest } = running.leave(image);
        ids.set(number, writer.add({ ...rest, hash: found.hashes[i]!, problem: null, bins: bins[i]! }));
      });
      for (const { number: image, hash, problem } of found.passedOver) {
        const { path: name, bytes, modified } = running.leave(image);
        writer.add({ path: name, bytes, modified, hash, problem, bins: null });
      }
      done += found.images.length + found.passedOver.length;
      if (performance.now() - saved > CHECKPOINT_MS) {
        save();
        saved = performance.now();
      }
      yield state();
    }
  } finally {
    save();
  }
  markFinished(index, 'yes');
  return resultOf(index, findings, { images, scanned: pending, ...differences });
}

/** Remembers images from when they are taken to when it is known what came of them. */
function rememberTaken(all: WaitingImages) {
  const taken = new Map<number, WaitingImage>();
  const remember = (image: WaitingImage) => void taken.set(image.number, image);
  const waiting: WaitingImages = {
    count: all.count,
    take: (most) => {
      const images = all.take(most);
      images.forEach(remember);
      return images;
    },
    find: (name) => {
      const image = all.find(name);
      if (image) remember(image);
      return image;
    },
  };
  return {
    waiting,
    leave: (number: number): WaitingImage => {
      const image = taken.get(number)!;
      taken.delete(number);
      return image;
    },
  };
}

/** Takes what was found into the findings. Returns the bins each image was counted in. */
function takeFound(
  findings: readonly LayerFindings[],
  found: ScannedImages | RankedImages,
): readonly Uint8Array[] {
  if ('layers' in found) return takeIn(findings, found);
  takeRankings(findings, found.rankings);
  for (const of of found.bins) count(findings, of);
  return found.bins;
}

interface Known {
  readonly findings: readonly LayerFindings[];
  readonly ids: RankedIds;
  /** Whether all images have to be run. */
  readonly isAnew: boolean;
}

/** What the index knows already, without the images that are gone. Begins anew where too much went with them. */
function takeUp(index: Index, { layers, k }: IndexSettings): Known {
  const places = placesFor(k);
  const ids = createRankedIds();
  const numbers = new Map<number, number | undefined>();
  const rankedNumber = (id: number) => {
    if (!numbers.has(id)) numbers.set(id, numberOf(index, id));
    return numbers.get(id);
  };
  const findings = readFindings(index.database, layers, { places, numberOf: rankedNumber });
  if (findings.every(({ ranking }) => isComplete(ranking, k))) {
    for (const [id, number] of numbers) if (number !== undefined) ids.set(number, id);
    for (const bins of removedBins(index)) uncount(findings, inflateRawSync(bins));
    return { findings, ids, isAnew: false };
  }
  forgetKnown(index);
  const fresh = layers.map((layer) => createFindings(layer, places));
  for (const { changed } of fresh) changed.fill(1);
  return { findings: fresh, ids, isAnew: true };
}
