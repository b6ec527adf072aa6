import { setImmediate } from 'node:timers/promises';
import { tensorOf } from '../../core/deconvnet/record';
import { scan, type Fetched, type ScannedLayer } from '../../core/experiments/topActivations/scan';
import { peakNames } from '../../core/rewrite/peaks';
import type { ImagesRequest, PassedOver, ScannedImages } from '../../protocol/topActivations';
import type { OpenModel } from '../openModel';
import { loadImages } from './loadImages';

/** Layers of a model as scans need them. */
export function scannedLayers({ network }: OpenModel, labels: readonly string[]): readonly ScannedLayer[] {
  return labels.map((label): ScannedLayer => {
    const tensor = tensorOf(network, label);
    const { maps, height, width } = network.resolved.grids.get(tensor)!;
    return { label, tensor, maps, height, width };
  });
}

/** Images that could not be read, of which is told also while no pass is full. */
const MANY = 256;

/** Runs images of a folder and yields, pass by pass, what activates every feature map most in each; numbers count the images. */
export async function* scanImages(
  model: OpenModel,
  { folder, images, layers: labels, each }: Omit<ImagesRequest, 'model'>,
  signal: AbortSignal,
): AsyncGenerator<ScannedImages> {
  const layers = scannedLayers(model, labels);
  const forward = await model.forwards.open(partOf(layers, each));
  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const passedOver: PassedOver[] = [];
  let tell: () => void = () => undefined;
  const listed = images.map((path) => ({ path }));
  const plan = { listed, pending: [...images.keys()] };
  const loaded = loadImages(folder, plan, model.summary.preprocessing, (image) => {
    stopped.throwIfAborted();
    if (passedOver.push(image) >= MANY) tell();
  });
  const take = () => passedOver.splice(0);
  const fetched = (layer: ScannedLayer): Fetched => fetchedOf(layer, each);
  const passes = scan(loaded.images, forward, { layers, fetched, each, signal: stopped });
  try {
    for (let next = passes.next(); ;) {
      const many = new Promise<'many'>((resolve) => (tell = () => resolve('many')));
      const step = await Promise.race([next, many]);
      signal.throwIfAborted();
      const pass = step === 'many' || step.done ? undefined : step.value;
      if (pass) yield { ...pass, hashes: pass.images.map(loaded.hashOf), passedOver: take() };
      else if (passedOver.length > 0) yield { images: [], hashes: [], layers: [], passedOver: take() };
      if (step !== 'many' && step.done) return;
      // Lets a cancellation in that waits behind the work.
      await setImmediate();
      if (step !== 'many') next = passes.next();
    }
  } finally {
    stop.abort();
    await passes.return(undefined).catch(() => undefined);
  }
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
