import { featuresTooLarge, noRandomPlace } from '../../experimentErrors';
import type { Box } from '../../graph/box';
import { coverBox } from '../../imaging/coverBox';
import { preprocess } from '../../imaging/preprocess';
import type { Picture, Preprocessing } from '../../imaging/preprocessing';
import { seededRandom } from '../../random';
import type { Forward } from '../forward';
import { pairDistances } from './delta';
import { randomBox } from './randomBox';
import { packSigns, type PackedSigns } from './signs';

/** One picture of the set. */
export interface CorrespondenceImage {
  readonly name: string;
  /** As the network sees it. */
  readonly picture: Picture;
  /** The square that hides each part, inside the picture, by the part's name. */
  readonly parts: ReadonlyMap<string, Box>;
}

/** What is hidden, and where the features are taken. */
export interface CorrespondenceSettings {
  readonly preprocessing: Preprocessing;
  /** Parts that every image has. */
  readonly parts: readonly string[];
  /** Tensors; the forward pass computes them. */
  readonly layers: readonly string[];
  /** Edge of the squares, pixels of the network's input. */
  readonly size: number;
  /** The draws of the random control to make, by number: in each a random square of every image is hidden. */
  readonly draws: readonly number[];
  /** The same seed and the same number draw the same squares. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** One thing hidden in all images: a part, or a random square of each. */
export interface CorrespondenceStep {
  /** `null` for a draw of the random control. */
  readonly part: string | null;
  /** The normalised Hamming distances of all pairs of images, by layer in the order of the settings. */
  readonly distances: readonly (readonly number[])[];
}

/** "Mask out": the mid-grey of the paper's occluder. */
const GREY = [128, 128, 128] as const;

/** Differences below this part of a layer's largest feature are rounding: sums of a batch may be ordered differently. */
const ROUNDING = 1e-6;

/** Features of the clean images are kept while everything is hidden in turn. */
const MOST_BYTES = 2 ** 30;

/**
 * Correspondence analysis (Zeiler & Fergus 2013, section 4.4, table 1): the same part is hidden in every image, and the
 * signs of the changes of the features are compared between images. First come the parts in their order, then the
 * draws of the random control, whose squares have the same size, lie inside the image and over no part. Aborting
 * ends it before the next batch. Throws a `UserError` where an image has no room for a random square.
 */
export async function* correspondence(
  forward: Forward,
  images: readonly CorrespondenceImage[],
  settings: CorrespondenceSettings,
): AsyncGenerator<CorrespondenceStep> {
  const clean = await cleanFeatures(forward, images, settings);
  for (const part of settings.parts) {
    const boxes = images.map(({ parts }) => parts.get(part)!);
    yield { part, distances: await compare(forward, { images, boxes, clean }, settings) };
  }
  for (const draw of settings.draws) {
    const random = seededRandom(Math.imul(settings.seed, 0x9e3779b1) + draw);
    const boxes = images.map(({ name, picture, parts }) => {
      const box = randomBox(random, settings.size, picture, [...parts.values()]);
      if (!box) throw noRandomPlace(name, settings.size);
      return box;
    });
    yield { part: null, distances: await compare(forward, { images, boxes, clean }, settings) };
  }
}

/** Of each image by layer. */
type Features = ReadonlyMap<string, Float32Array>[];

async function cleanFeatures(
  forward: Forward,
  images: readonly CorrespondenceImage[],
  { preprocessing, layers, signal }: CorrespondenceSettings,
): Promise<Features> {
  const features: Features = [];
  for (const { picture } of images) {
    signal?.throwIfAborted();
    const values = await forward.run(preprocess(picture, preprocessing).data);
    features.push(values);
    const bytes = images.length * layers.reduce((sum, layer) => sum + values.get(layer)!.byteLength, 0);
    if (bytes > MOST_BYTES) throw featuresTooLarge(bytes, MOST_BYTES);
  }
  return features;
}

interface Hidden {
  readonly images: readonly CorrespondenceImage[];
  /** What to hide in each image. */
  readonly boxes: readonly Box[];
  readonly clean: Features;
}

/** The distances of all pairs of images, by layer. */
async function compare(
  forward: Forward,
  { images, boxes, clean }: Hidden,
  { preprocessing, layers, signal }: CorrespondenceSettings,
): Promise<number[][]> {
  const signs = layers.map((): PackedSigns[] => []);
  for (let start = 0; start < images.length; start += forward.batch) {
    signal?.throwIfAborted();
    const some = images.slice(start, start + forward.batch);
    const inputs = some.map(({ picture }, i) =>
      preprocess(coverBox(picture, boxes[start + i]!, GREY), preprocessing).data); // prettier-ignore
    const masked = await forward.run(stack(inputs));
    some.forEach((_, row) => {
      for (const [index, layer] of layers.entries()) {
        const values = clean[start + row]!.get(layer)!;
        const { length } = values;
        const tolerance = ROUNDING * largest(values);
        const hidden = { values: masked.get(layer)!, start: row * length };
        signs[index]!.push(packSigns({ values, start: 0 }, hidden, { length, tolerance }));
      }
    });
  }
  return signs.map(pairDistances);
}

function stack(inputs: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(inputs.reduce((sum, { length }) => sum + length, 0));
  inputs.forEach((input, i) => all.set(input, i * input.length));
  return all;
}

function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
