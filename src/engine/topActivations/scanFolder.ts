import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { tensorOf } from '../../core/deconvnet/record';
import {
  createFindings,
  takeIn,
  uncount,
  type LayerFindings,
} from '../../core/experiments/topActivations/findings';
import { isComplete } from '../../core/experiments/topActivations/ranking';
import { scan, type Fetched, type ScannedLayer } from '../../core/experiments/topActivations/scan';
import { isInShard } from '../../core/experiments/topActivations/shards';
import { peakNames } from '../../core/rewrite/peaks';
import type { ScanProgress, ScanRequest, ScanResult } from '../../protocol/topActivations';
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
import { listImages, type ListedImage } from './listImages';
import { hashOf, loadImages } from './loadImages';
import { planScan, type ScanPlan } from './plan';
import { resultOf } from './scanResult';

const CHECKPOINT_MS = 5000;

/**
 * Brings an index of top activations up to date with a folder of images: runs those that are new or changed, and forgets
 * those that are gone. What is done is written every few seconds; a scan that was stopped or killed goes on from
 * there to the same result.
 */
export async function* scanFolder(
  model: OpenModel,
  request: Omit<ScanRequest, 'model'>,
  signal: AbortSignal,
): AsyncGenerator<ScanProgress, ScanResult> {
  const { folder, index: file } = request;
  const all = await listImages(folder, signal);
  const { shard } = request;
  const listed = shard === undefined ? all : all.filter(({ path: image }) => isInShard(image, shard));
  const release = await claimIndex(file);
  try {
    const settings = settingsOf(model, request);
    const index = await openIndex(file, settings);
    try {
      return yield* update(index, { model, folder, settings, listed }, signal);
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
  const layers = labels.map((label): ScannedLayer => {
    const tensor = tensorOf(network, label);
    const { maps, height, width } = network.resolved.grids.get(tensor)!;
    return { label, tensor, maps, height, width };
  });
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
  readonly listed: readonly ListedImage[];
}

async function* update(
  index: Index,
  { model, folder, settings, listed }: Job,
  signal: AbortSignal,
): AsyncGenerator<ScanProgress, ScanResult> {
  const indexed = readImages(index.database);
  const planned = await planScan(listed, indexed, ({ path: name }) => hashOf(path.join(folder, name)));
  const { plan, findings } = takeUp(index, settings, planned);
  const writer = createWriter(index, plan, findings);
  const { layers, each } = settings;
  const forward = await model.forwards.open(partOf(layers, each));
  const { pending } = plan;
  if (pending.length > 0) markFinished(index, 'no');
  let done = 0;
  const state = (): ScanProgress => ({ images: listed.length, pending: pending.length, done });
  yield state();
  const loaded = loadImages(folder, plan, model.summary.preprocessing, (passedOver) => {
    writer.add({ ...passedOver, bins: null });
    done++;
  });
  let saved = performance.now();
  try {
    const fetched = (layer: ScannedLayer): Fetched => fetchedOf(layer, each);
    for await (const pass of scan(loaded.images, forward, { layers, fetched, each, signal })) {
      const bins = takeIn(findings, pass);
      pass.images.forEach((number, i) => {
        writer.add({ number, hash: loaded.hashOf(number), problem: null, bins: bins[i]! });
      });
      done += pass.images.length;
      if (performance.now() - saved > CHECKPOINT_MS) {
        writer.save();
        saved = performance.now();
      }
      yield state();
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
    }
  } finally {
    writer.save();
  }
  markFinished(index, 'yes');
  return resultOf(index, findings, { images: listed.length, scanned: pending.length });
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
  const pending = [...plan.listed.keys()];
  return { plan: { ...plan, removed, pending, known: new Map(), touched: [] }, findings: fresh };
}

function fetchedOf(layer: ScannedLayer, each: number): Fetched {
  if (each > 1 && layer.height * layer.width > 1) return { kind: 'maps' };
  return { kind: 'peaks', ...peakNames(layer.tensor, layer) };
}

function partOf(layers: readonly ScannedLayer[], each: number): { tensors: string[]; peaks: string[] } {
  const tensors: string[] = [];
  const peaks: string[] = [];
  for (const layer of layers) {
    (fetchedOf(layer, each).kind === 'maps' ? tensors : peaks).push(layer.tensor);
  }
  return { tensors, peaks };
}
