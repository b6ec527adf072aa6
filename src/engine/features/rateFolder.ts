import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { classesTooSmall, matrixTooLarge, notFeatures } from '../../core/experiments/features/errors';
import type { FeatureMatrix } from '../../core/experiments/features/design';
import { extractFeatures, type FeatureLayer } from '../../core/experiments/features/extract';
import { featureCount } from '../../core/experiments/features/pool';
import { rateFeatures } from '../../core/experiments/features/rateFeatures';
import { spreadLayers } from '../../core/experiments/hiddenLayers';
import { counted } from '../../core/report/numbers';
import type { RateProgress, RateRequest } from '../../protocol/features';
import type { OpenModel } from '../openModel';
import { hashOf } from '../imageFile';
import { loadImages } from '../topActivations/loadImages';
import { everySoOften } from '../topActivations/everySoOften';
import { prefetch } from '../topActivations/prefetch';
import { openFeatureStore, type FeatureStore } from './featureStore';
import { listClasses, type ClassFolders } from './listClasses';

/** Layers that are tried where none are named. */
const SPREAD = 8;
const AHEAD = 16;
/** Of one layer's features. */
const MOST_BYTES = 2 ** 31;
/** Features are written after this many images. */
const CHECKPOINT = 256;

/**
 * What the features of a model are worth on a folder of class folders (Zeiler & Fergus 2013, sections 5.2 and 5.3): extracts
 * what the store does not have yet, then rates layer by layer. Stopped or killed, it extracts nothing twice.
 */
export async function* rateFolder(
  model: OpenModel,
  request: RateRequest,
  signal: AbortSignal,
): AsyncGenerator<RateProgress> {
  const folders = yield* look(request.folder, signal);
  const layers = chooseLayers(model, request, folders.listed.length);
  const { hash: modelHash, preprocessing } = model.summary;
  const settings = { modelHash, preprocessing: JSON.stringify(preprocessing) };
  const store = await openFeatureStore(request.store, settings);
  try {
    const job = { model, request, folders, layers, store };
    const { hashes, problems } = yield* extract(job, signal);
    const { classes, names, notes } = usableClasses(folders, hashes, request);
    const { classifiers, train, folds } = request;
    yield {
      kind: 'plan',
      plan: {
        layers: layers.map(({ label, grid }) => ({ label, features: featureCount(grid, request.pooling) })),
        classes: names,
        images: classes.reduce((sum, images) => sum + images.length, 0),
        notes: [...folders.unread.map(({ problem }) => problem), ...problems, ...notes],
        ratings: layers.length * classifiers.length * train.length * folds,
      },
    };
    const byLabel = new Map(layers.map((layer) => [layer.label, layer]));
    const featuresOf = (label: string) => readMatrix(job, byLabel.get(label)!, hashes);
    const rating = { ...request, layers: [...byLabel.keys()], signal };
    for await (const found of rateFeatures(model.products, { classes, featuresOf }, rating)) {
      yield { kind: 'rating', rating: found };
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
    }
  } finally {
    store.close();
  }
}

async function* look(folder: string, signal: AbortSignal): AsyncGenerator<RateProgress, ClassFolders> {
  yield { kind: 'looking', images: 0 };
  const looking = listClasses(folder, signal);
  for (;;) {
    const step = await looking.next();
    if (step.done) return step.value;
    yield { kind: 'looking', images: step.value };
  }
}

function chooseLayers(
  { network }: OpenModel,
  { layers, pooling }: RateRequest,
  images: number,
): FeatureLayer[] {
  const labels = layers ?? spreadLayers(network, SPREAD).map(({ label }) => label);
  return labels.map((label) => {
    const tensor = tensorOf(network, label);
    const grid = network.resolved.grids.get(tensor)!;
    const count = featureCount(grid, pooling);
    if (4 * count * images > MOST_BYTES) throw matrixTooLarge(label, count, images);
    return { label, tensor, grid };
  });
}

interface Job {
  readonly model: OpenModel;
  readonly request: RateRequest;
  readonly folders: ClassFolders;
  readonly layers: readonly FeatureLayer[];
  readonly store: FeatureStore;
}

interface Extracted {
  /** By image, `null` where it could not be read. */
  readonly hashes: readonly (string | null)[];
  readonly problems: readonly string[];
}

/** By image, its hash; `null` where it cannot be read. */
async function* compare(
  { request: { folder }, folders: { listed } }: Job,
  signal: AbortSignal,
): AsyncGenerator<RateProgress, (string | null)[]> {
  const hashes: (string | null)[] = [];
  const files = listed.map(({ path: name }) => path.join(folder, name));
  const told = () => ({ kind: 'compared', done: hashes.length, of: files.length }) as const;
  const isTime = everySoOften();
  yield told();
  for await (const hash of prefetch(files, AHEAD, hashOf)) {
    signal.throwIfAborted();
    hashes.push(hash);
    if (isTime()) yield told();
  }
  return hashes;
}

/** Brings the store up to date with the folder. */
async function* extract(job: Job, signal: AbortSignal): AsyncGenerator<RateProgress, Extracted> {
  const { model, request, folders, layers, store } = job;
  const { folder, pooling } = request;
  const { listed } = folders;
  const hashes = yield* compare(job, signal);
  const known = layers.map(({ label }) => store.known(label, pooling));
  const lacks = (hash: string | null) => hash !== null && known.some((images) => !images.has(hash));
  const pending = [...listed.keys()].filter((image) => lacks(hashes[image]!));
  const problems = listed.flatMap(({ path: name }, image) =>
    hashes[image] === null ? [`${name} cannot be read.`] : [],
  );
  const loaded = loadImages(
    folder,
    { listed, pending },
    model.summary.preprocessing,
    ({ number, problem }) => {
      hashes[number] = null;
      problems.push(problem);
    },
  );
  const forward = await model.forwards.open({ tensors: [...new Set(layers.map(({ tensor }) => tensor))] });
  const rows: Parameters<FeatureStore['write']>[1][number][] = [];
  let done = 0;
  yield { kind: 'extracted', done, of: pending.length };
  try {
    for await (const { images, features } of extractFeatures(loaded.images, forward, {
      layers,
      pooling,
      signal,
    })) {
      // Of what was run: a file may have changed since it was compared.
      for (const image of images) hashes[image] = loaded.hashOf(image);
      layers.forEach(({ label: layer }, index) => {
        images.forEach((image, i) => {
          rows.push({ hash: hashes[image]!, layer, features: features[index]![i]! });
        });
      });
      done += images.length;
      if (rows.length >= CHECKPOINT * layers.length) store.write(pooling, rows.splice(0));
      yield { kind: 'extracted', done, of: pending.length };
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
    }
  } finally {
    store.write(pooling, rows);
  }
  return { hashes, problems };
}

/** The classes with enough images that could be read. */
function usableClasses(
  { names, members }: ClassFolders,
  hashes: Extracted['hashes'],
  { train }: RateRequest,
): { names: string[]; classes: number[][]; notes: string[] } {
  const most = Math.max(...train);
  const readable = members.map((images) => images.filter((image) => hashes[image] !== null));
  const usable = [...names.keys()].filter((label) => readable[label]!.length > most);
  if (usable.length < 2) {
    const sizes = readable.map(({ length }) => length).sort((a, b) => b - a);
    throw classesTooSmall(most, sizes[1] ?? 0);
  }
  const small = names.filter((_, label) => !usable.includes(label));
  const notes = small.length === 0 ? [] : [`Classes with no more than ${counted(most, 'image')} are left out: ${small.join(', ')}.`]; // prettier-ignore
  return {
    names: usable.map((label) => names[label]!),
    classes: usable.map((label) => readable[label]!),
    notes,
  };
}

function readMatrix(
  { store, request }: Job,
  { label, grid }: FeatureLayer,
  hashes: Extracted['hashes'],
): FeatureMatrix {
  const rows = new Map<string, number[]>();
  hashes.forEach((hash, image) => {
    if (hash === null) return;
    const same = rows.get(hash);
    if (same) same.push(image);
    else rows.set(hash, [image]);
  });
  const columns = featureCount(grid, request.pooling);
  const data = new Float32Array(hashes.length * columns);
  store.read(label, request.pooling, (hash, features) => {
    if (features.length !== columns) throw notFeatures(request.store, `${label} has ${columns} features, not ${features.length}`); // prettier-ignore
    for (const image of rows.get(hash) ?? []) data.set(features, image * columns);
  });
  return { rows: hashes.length, columns, data };
}
