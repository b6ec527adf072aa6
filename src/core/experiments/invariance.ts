import { invalidTransformation } from '../experimentErrors';
import type { Classifier } from '../graph/classifier';
import { preprocess } from '../imaging/preprocess';
import type { Picture, Preprocessing } from '../imaging/preprocessing';
import { transformPicture, type Colour, type TransformationKind } from '../imaging/transform';
import { argMax } from '../tensor/argMax';
import { featureDistance, featureNorm } from './featureDistance';
import type { Forward } from './forward';
import { probabilitiesFrom, scoresTensor } from './probabilities';

/** The values figure 5 sweeps for each kind of transformation: pixels, magnification, degrees. */
export const usualRanges: Readonly<Record<TransformationKind, Range>> = {
  vertical: { from: -60, to: 60, steps: 25 },
  horizontal: { from: -60, to: 60, steps: 25 },
  scale: { from: 1, to: 1.8, steps: 17 },
  rotation: { from: 0, to: 360, steps: 37 },
};

/** Evenly spaced values, both ends included. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** How many values; 1 is `from` alone. */
  readonly steps: number;
}

/** The values of a range, from its beginning to its end. */
export function valuesOf({ from, to, steps }: Range): number[] {
  return Array.from({ length: steps }, (_, i) =>
    steps === 1 ? from : from + ((to - from) * i) / (steps - 1),
  );
}

/** Each one costs a forward pass and a point of a curve. */
const mostValues = 1000;

/** Beyond these a picture is a few pixels or a plain colour. */
const magnifications = { least: 0.1, most: 16 };

/** Throws a `UserError` where there are no values, too many of them, or some that no picture can be transformed by. */
export function checkTransformations(kind: TransformationKind, values: readonly number[]): void {
  if (values.length === 0 || values.length > mostValues)
    throw invalidTransformation(`A curve has from 1 to ${mostValues} points, not ${values.length}`);
  const { least, most } = magnifications;
  const possible = (value: number) =>
    kind === 'scale' ? value >= least && value <= most : Math.abs(value) < 1e5;
  const wrong = values.find((value) => !possible(value));
  if (wrong === undefined) return;
  throw invalidTransformation(
    kind === 'scale'
      ? `A picture is scaled by ${least} to ${most}, not by ${wrong}`
      : `${wrong} is no distance or angle to move a picture by`,
  );
}

/** One image of the experiment. */
export interface InvarianceImage {
  /** As the network sees it. */
  readonly picture: Picture;
  readonly preprocessing: Preprocessing;
  /** The class whose probability is followed; `null` for none. */
  readonly label: number | null;
}

/** What is done to every image. */
export interface InvarianceSettings {
  readonly kind: TransformationKind;
  readonly values: readonly number[];
  /** Of what comes into view from outside the picture. */
  readonly fill: Colour;
  /** Tensors whose features are compared; the forward pass computes them, and the scores of `classifier`. */
  readonly layers: readonly string[];
  readonly classifier: Classifier | null;
  readonly signal?: AbortSignal | undefined;
}

/** What one transformation does to the features of one image. Arrays have one entry per layer. */
export interface InvariancePoint {
  readonly value: number;
  /** Euclidean distance between the features of the original and of the transformed image. */
  readonly distances: readonly number[];
  /** The same divided by the Euclidean norm of the original's features; NaN where those are all zero. */
  readonly relative: readonly number[];
  /** Of the image's label; `null` without a classifier or a label. */
  readonly probability: number | null;
  /** The most probable class; `null` without a classifier. */
  readonly top: number | null;
}

/** The tensors a forward pass needs for the experiment. */
export function invarianceTensors({
  layers,
  classifier,
}: Pick<InvarianceSettings, 'layers' | 'classifier'>): string[] {
  return [...new Set(classifier ? [...layers, scoresTensor(classifier)] : layers)];
}

/**
 * Feature invariance (Zeiler & Fergus 2013, figure 5): how far the features of an image move when it is translated,
 * scaled or rotated. Pictures are transformed as the network sees them, after the crop. Points come in the order of
 * `values`, as soon as their batch is done; aborting ends it before the next batch.
 */
export async function* invariance(
  forward: Forward,
  { picture, preprocessing, label }: InvarianceImage,
  { kind, values, fill, layers, classifier, signal }: InvarianceSettings,
): AsyncGenerator<InvariancePoint> {
  const original = preprocess(picture, preprocessing).data;
  const clean = await forward.run(original);
  const norms = layers.map((layer) => featureNorm(clean.get(layer)!, 0, clean.get(layer)!.length));
  for (let start = 0; start < values.length; start += forward.batch) {
    signal?.throwIfAborted();
    const some = values.slice(start, start + forward.batch);
    const inputs = new Float32Array(some.length * original.length);
    some.forEach((value, i) => {
      const transformed = transformPicture(picture, { kind, value }, fill);
      inputs.set(preprocess(transformed, preprocessing).data, i * original.length);
    });
    const features = await forward.run(inputs);
    const probabilities =
      classifier && probabilitiesFrom(classifier, features.get(scoresTensor(classifier))!);
    for (const [row, value] of some.entries()) {
      const distances = layers.map((layer) => {
        const reference = clean.get(layer)!;
        const { length } = reference;
        return featureDistance(reference, 0, features.get(layer)!, row * length, length);
      });
      yield {
        value,
        distances,
        relative: distances.map((distance, i) => distance / norms[i]!),
        ...classOf(probabilities, classifier, { row, label }),
      };
    }
  }
}

function classOf(
  probabilities: Float32Array | null,
  classifier: Classifier | null,
  { row, label }: { readonly row: number; readonly label: number | null },
): Pick<InvariancePoint, 'probability' | 'top'> {
  if (!probabilities || !classifier) return { probability: null, top: null };
  const start = row * classifier.classes;
  return {
    probability: label === null ? null : probabilities[start + label]!,
    top: argMax(probabilities, start, classifier.classes),
  };
}
