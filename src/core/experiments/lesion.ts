import type { LesionGraph } from '../rewrite/lesion';
import { floatTensor, sizeOf, type Tensor } from '../tensor/tensor';

/** Some feature maps of one layer switched off. */
export interface LayerLesion {
  /** The layer's tensor. */
  readonly tensor: string;
  /** The maps, counted from 0; `all` is the whole layer. */
  readonly maps: readonly number[] | 'all';
}

/** What takes the place of a map: zero, or at every position its mean over the image. */
export type LesionMode = 'zero' | 'mean';

/** A network prepared for lesions of one image. */
export interface Lesionable {
  readonly lesioned: LesionGraph;
  /** One pass of `lesioned.graph`: what it answers, one row per lesion. */
  readonly run: (feeds: ReadonlyMap<string, Tensor>) => Promise<Float32Array>;
  /** Of the clean pass, by the original graph's names: what `lesioned.intact` asks for, and every masked tensor. */
  readonly clean: ReadonlyMap<string, Float32Array>;
  /** Lesions per pass. */
  readonly batch: number;
}

/** Several layers may be lesioned at once. */
export type Lesion = readonly LayerLesion[];

/**
 * The output of the network for each lesion of the same image, row by row. Lesions are run in batches
 * (Zeiler & Fergus 2013, section 5.1, without the training). Aborting ends it before the next batch.
 *
 * In the mode `mean`, a map keeps its spatial mean and loses where it was active. A unit without positions has no such
 * mean: there it is the mean over the layer's units.
 */
export async function* runLesions(
  network: Lesionable,
  lesions: readonly Lesion[],
  { mode, signal }: { readonly mode: LesionMode; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Float32Array> {
  const { batch } = network;
  const means = new Map<string, Float32Array>();
  for (const tensor of network.lesioned.masks.keys()) {
    means.set(tensor, mapMeans(network.clean.get(tensor)!, mapCount(network, tensor)));
  }
  for (let start = 0; start < lesions.length; start += batch) {
    signal?.throwIfAborted();
    const some = lesions.slice(start, start + batch);
    const values = await network.run(feedsOf(network, some, mode === 'mean' ? means : undefined));
    const row = values.length / some.length;
    for (let i = 0; i < some.length; i++) yield values.slice(i * row, (i + 1) * row);
  }
}

function feedsOf(
  { lesioned, clean }: Lesionable,
  lesions: readonly Lesion[],
  means: ReadonlyMap<string, Float32Array> | undefined,
): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>();
  for (const { name, shape } of lesioned.graph.inputs) {
    const original = lesioned.intact.get(name);
    if (original === undefined) continue;
    const values = repeated(clean.get(original)!, lesions.length);
    const dims = shape!.slice(1) as number[];
    feeds.set(name, floatTensor([values.length / sizeOf(dims), ...dims], values));
  }
  for (const [tensor, { keep, shift, dims }] of lesioned.masks) {
    const maps = sizeOf(dims);
    const factors = new Float32Array(lesions.length * maps).fill(1);
    const summands = new Float32Array(lesions.length * maps);
    lesions.forEach((lesion, row) => {
      for (const map of mapsOf(lesion, tensor, maps)) {
        factors[row * maps + map] = 0;
        summands[row * maps + map] = means?.get(tensor)?.[map] ?? 0;
      }
    });
    feeds.set(keep, floatTensor([lesions.length, ...dims], factors));
    feeds.set(shift, floatTensor([lesions.length, ...dims], summands));
  }
  return feeds;
}

function mapsOf(lesion: Lesion, tensor: string, count: number): readonly number[] {
  return lesion
    .filter((layer) => layer.tensor === tensor)
    .flatMap(({ maps }) => (maps === 'all' ? Array.from({ length: count }, (_, map) => map) : maps));
}

function mapCount({ lesioned }: Lesionable, tensor: string): number {
  return sizeOf(lesioned.masks.get(tensor)!.dims);
}

function mapMeans(values: Float32Array, maps: number): Float32Array {
  const positions = values.length / maps;
  const means = new Float32Array(maps);
  for (let map = 0; map < maps; map++) {
    let sum = 0;
    for (let i = map * positions; i < (map + 1) * positions; i++) sum += values[i]!;
    means[map] = sum / positions;
  }
  if (positions > 1) return means;
  return means.fill(means.reduce((sum, value) => sum + value, 0) / maps);
}

function repeated(values: Float32Array, times: number): Float32Array {
  const all = new Float32Array(values.length * times);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}
