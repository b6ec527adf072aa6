import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { preprocess } from '../../src/core/imaging/preprocess';
import { createFindings, takeRankings } from '../../src/core/experiments/topActivations/findings';
import { startWorker, type EngineClient } from '../../src/engine/client';
import { readImage } from '../../src/engine/images';
import type { OpenModel } from '../../src/engine/openModel';
import { createPortion, decodeFound, encodeFound } from '../../src/engine/queue/portion';
import { runPortion } from '../../src/engine/queue/serveQueue';
import { placesFor } from '../../src/engine/topActivations/indexFile';
import { listImages } from '../../src/engine/topActivations/listImages';
import { loadImages } from '../../src/engine/topActivations/loadImages';
import { scanFolder } from '../../src/engine/topActivations/scanFolder';
import { scannedLayers } from '../../src/engine/topActivations/scanImages';
import { scanInProcesses } from '../../src/engine/topActivations/scanInProcesses';
import { threadsOfEach } from '../../src/engine/topActivations/scanWithProcesses';
import { valueOf } from './measure';
import { root } from './models';
import type { ScanPictures } from './scanPictures';

const { signal } = new AbortController();
const k = 9;

/** Passes until ONNX Runtime has all the memory it takes. */
const WARM_UP = 3;

/**
 * The model's file as it is, in a session of ONNX Runtime with its default options that takes one decoded picture after
 * another. Images a second.
 */
export async function plainRate({ summary }: OpenModel, pictures: ScanPictures): Promise<number> {
  const session = await InferenceSession.create(summary.path);
  const [input] = session.inputMetadata;
  if (!input?.isTensor) throw new Error(`${summary.path} has no input`);
  const dims = input.shape.map((length) => (typeof length === 'number' ? length : 1));
  const feeds = (await decoded(summary, pictures)).map((data) => ({
    [input.name]: new Tensor('float32', data, dims),
  }));
  for (let pass = 0; pass < WARM_UP; pass++) await session.run(feeds[0]!);
  const start = performance.now();
  for (const feed of feeds) await session.run(feed);
  const took = performance.now() - start;
  await session.release();
  return (1000 * feeds.length) / took;
}

/**
 * Pictures that are decoded already, in passes of the size that pays, with the strongest activation of every map of
 * every layer. Images a second.
 */
export async function maximaRate(
  { network, forwards, summary }: OpenModel,
  pictures: ScanPictures,
): Promise<number> {
  const forward = await forwards.open({ tensors: [], peaks: network.layers.map(({ tensor }) => tensor) });
  const inputs = await decoded(summary, pictures);
  const { count } = pictures;
  const batches = Array.from({ length: Math.ceil(count / forward.batch) }, (_, i) => {
    const batch = inputs.slice(i * forward.batch, (i + 1) * forward.batch);
    const joined = new Float32Array(batch.length * inputs[0]!.length);
    batch.forEach((input, at) => joined.set(input, at * input.length));
    return joined;
  });
  for (let pass = 0; pass < WARM_UP; pass++) await forward.run(batches[0]!);
  const start = performance.now();
  for (const batch of batches) await forward.run(batch);
  return (1000 * count) / (performance.now() - start);
}

async function decoded(
  { preprocessing }: OpenModel['summary'],
  { folder }: ScanPictures,
): Promise<Float32Array[]> {
  const inputs: Float32Array[] = [];
  for (const { path: image } of (await listImages(folder, signal)).images) {
    const picture = await readImage(path.join(folder, image), preprocessing);
    inputs.push(preprocess(picture, preprocessing).data);
  }
  return inputs;
}

/** Pictures from their files to network input, as scans load them, by a process that does nothing else. Images a second. */
export async function decodingRate({ summary }: OpenModel, { folder, count }: ScanPictures): Promise<number> {
  const { images: listed } = await listImages(folder, signal);
  const plan = { listed, pending: [...listed.keys()] };
  const start = performance.now();
  const { images } = loadImages(folder, plan, summary.preprocessing, ({ problem }) => {
    throw new Error(problem);
  });
  for await (const { input } of images) if (input.length === 0) throw new Error('An image is empty');
  return (1000 * count) / (performance.now() - start);
}

/** Engine processes that share the cores as a scan's do, the model open in each. */
export async function startWorkers(model: OpenModel, count: number, folder: string): Promise<EngineClient[]> {
  const threads = threadsOfEach(availableParallelism(), count);
  const entry = path.join(root, 'dist/engine.js');
  const workers = Array.from({ length: count }, () =>
    startWorker({ entry, runtime: 'auto', provider: 'cpu', threads }),
  );
  const { images: listed } = await listImages(folder, signal);
  const layers = model.network.layers.map(({ label }) => label);
  const { batch } = await model.forwards.open({
    tensors: [],
    peaks: model.network.layers.map(({ tensor }) => tensor),
  });
  const images = listed.slice(0, WARM_UP * batch).map(({ path: image }) => image);
  const request = { model: model.summary.path, folder, images, layers, each: 1 };
  for (const { peer } of workers) valueOf(await peer.call('scanImages', request));
  return workers;
}

/** Decoding, the strongest activation of every map of every layer, and the index on disk. Images a second. */
export async function scanRate(
  model: OpenModel,
  { folder, count }: ScanPictures,
  { workers, index }: { readonly workers: readonly EngineClient[]; readonly index: string },
): Promise<number> {
  const start = performance.now();
  const request = { folder, index, k, each: 1 };
  const scanning = scanFolder(model, request, signal, (subject, waiting) =>
    scanInProcesses(workers, subject, waiting, signal),
  );
  while (!(await scanning.next()).done);
  return (1000 * count) / (performance.now() - start);
}

/** The most memory that a process has taken so far, bytes; `null` where the system does not tell. */
export function peakMemory(pid: number | undefined): number | null {
  const file = `/proc/${pid}/status`;
  const [, kibibytes] = (existsSync(file) && /VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))) || [];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** What the one process that gathers the findings of all machines has to do for each image. */
export interface Gathering {
  /** Images a second that it can take in. */
  readonly rate: number;
  /** Bytes that come through the queue for an image. */
  readonly bytes: number;
}

/** Reads and takes in what a worker sends for a portion of a scan through a queue, over and over for a second. */
export async function measureGathering(
  model: OpenModel,
  { folder }: ScanPictures,
  portionOf: number,
): Promise<Gathering> {
  const listed = (await listImages(folder, signal)).images.slice(0, portionOf);
  const labels = model.network.layers.map(({ label }) => label);
  const [layers, places] = [scannedLayers(model, labels), placesFor(k)];
  const images = listed.map(({ path: image }) => image);
  const portion = createPortion({ scan: '', stamp: '', images, layers: labels, each: 1, places });
  const text = encodeFound(await runPortion(model, portion, folder, signal));
  const findings = layers.map((layer) => createFindings(layer, places));
  let taken = 0;
  const start = performance.now();
  while (performance.now() - start < 1000) {
    takeRankings(findings, decodeFound(text, portion, layers).rankings);
    taken += images.length;
  }
  return { rate: (1000 * taken) / (performance.now() - start), bytes: text.length / images.length };
}
