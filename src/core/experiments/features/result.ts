import type { PlotOptions } from '@observablehq/plot';
import { barChart } from '../../charts/barChart';
import { curveChart } from '../../charts/curveChart';
import { counted } from '../../report/numbers';
import { losses, type LossName } from './losses';
import type { Rating } from './rateFeatures';

/** What one classifier made of one layer, over folds. */
export interface LayerRating {
  readonly layer: string;
  readonly classifier: LossName;
  readonly train: number;
  readonly folds: number;
  /** Of the accuracies. */
  readonly mean: number;
  /** 0 for one fold. */
  readonly deviation: number;
  /** The confusion matrices of all folds together. */
  readonly confusion: Int32Array;
}

/** The paper's figures for Caltech-101, 30 images of each class, in percent (tables 4 and 7). */
export const paperTable: readonly (readonly [features: string, svm: string, softmax: string])[] = [
  ['layer 1', '44.8 ± 0.7', '–'],
  ['layer 2', '66.2 ± 0.5', '–'],
  ['layer 3', '72.3 ± 0.4', '–'],
  ['layer 4', '76.6 ± 0.4', '–'],
  ['layer 5', '86.2 ± 0.8', '82.9 ± 0.4'],
  ['layer 7', '85.5 ± 0.4', '85.4 ± 0.4'],
  ['all layers, retrained top', '–', '86.5 ± 0.5'],
  ['all layers, trained from scratch', '–', '46.5 ± 1.7'],
];

/** Means and standard deviations over folds (n - 1), in the order of the ratings. */
export function summariseRatings(ratings: readonly Rating[]): LayerRating[] {
  const groups = new Map<string, Rating[]>();
  for (const rating of ratings) {
    const key = JSON.stringify([rating.layer, rating.classifier, rating.train]);
    const group = groups.get(key);
    if (group) group.push(rating);
    else groups.set(key, [rating]);
  }
  return [...groups.values()].map((group) => {
    const [{ layer, classifier, train }] = group as [Rating, ...Rating[]];
    const folds = group.length;
    const mean = group.reduce((sum, { accuracy }) => sum + accuracy, 0) / folds;
    const square = group.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0);
    const confusion = new Int32Array(group[0]!.confusion.length);
    for (const rating of group) rating.confusion.forEach((count, i) => (confusion[i]! += count));
    return { layer, classifier, train, folds, mean, deviation: Math.sqrt(square / Math.max(1, folds - 1)), confusion }; // prettier-ignore
  });
}

/** Bars of every layer: its classifiers, for the most images learnt from. */
export function ratingChart(ratings: readonly LayerRating[]): PlotOptions {
  const most = Math.max(...ratings.map(({ train }) => train));
  const shown = ratings.filter(({ train }) => train === most);
  const bars = shown.map(({ layer, classifier, mean, deviation }) => ({
    group: layer,
    name: losses[classifier].name,
    mean: 100 * mean,
    deviation: 100 * deviation,
  }));
  return barChart({ title: `Mean accuracy of classes by layer, ${counted(most, 'image')} of each learnt from`, y: '%', bars }); // prettier-ignore
}

/** Accuracy against images learnt from, a curve for each layer. */
export function shotChart(ratings: readonly LayerRating[], classifier: LossName): PlotOptions {
  const own = ratings.filter((rating) => rating.classifier === classifier);
  const layers = [...new Set(own.map(({ layer }) => layer))];
  const shots = own.map(({ train }) => train);
  return curveChart({
    title: `Mean accuracy of classes by images learnt from, ${losses[classifier].name}`,
    x: 'images of each class',
    y: '%',
    range: [0, Math.max(...shots)],
    curves: layers.map((name) => ({
      name,
      points: own
        .filter(({ layer }) => layer === name)
        .map(({ train, mean }) => ({ x: train, y: 100 * mean })),
    })),
  });
}

/** Long rows for CSV, with a head: one for each rating. */
export function ratingRows(ratings: readonly Rating[]): (string | number)[][] {
  const head = ['layer', 'classifier', 'train', 'fold', 'c', 'accuracy'];
  return [head, ...ratings.map(({ layer, classifier, train, fold, c, accuracy }) => [layer, classifier, train, fold, c, accuracy])]; // prettier-ignore
}

/** Rows for people, without a head: a layer, a classifier, the images learnt from, and percent ± deviation. */
export function ratingTable(ratings: readonly LayerRating[]): string[][] {
  return ratings.map(({ layer, classifier, train, mean, deviation, folds }) => [
    layer,
    losses[classifier].name,
    String(train),
    folds === 1 ? percent(mean) : `${percent(mean)} ± ${percent(deviation)}`,
  ]);
}

/** The pairs of classes that are confused most often, the most frequent first. */
export function confusedPairs(
  { confusion }: LayerRating,
  classes: readonly string[],
  count: number,
): (readonly [truth: string, taken: string, times: number])[] {
  const pairs = Array.from(confusion, (times, at) => ({ times, truth: Math.floor(at / classes.length), taken: at % classes.length })); // prettier-ignore
  return pairs
    .filter(({ times, truth, taken }) => times > 0 && truth !== taken)
    .sort((a, b) => b.times - a.times)
    .slice(0, count)
    .map(({ times, truth, taken }) => [classes[truth]!, classes[taken]!, times] as const);
}

function percent(part: number): string {
  return (100 * part).toFixed(1);
}
