import type { LossName } from '../../src/core/experiments/features/losses';
import { poolings, type Pooling } from '../../src/core/experiments/features/pool';

export interface FeaturesSettings {
  /** Labels; a few spread over the network where `null`. */
  readonly layers: readonly string[] | null;
  readonly pooling: Pooling;
  /** What learns, softmax first; at least one. */
  readonly classifiers: readonly LossName[];
  /** Images of each class to learn from, ascending. */
  readonly train: readonly number[];
  /** Images of each class to judge by, at most. */
  readonly test: number;
  /** How often images are drawn. */
  readonly folds: number;
  readonly seed: number;
}

/** The paper judges by no more images of a class. */
export const MOST_TEST = 50;

/** The one-shot curve of the paper's figure 9, and its numbers of folds. */
export const defaultSettings: FeaturesSettings = {
  layers: null,
  pooling: 'mean',
  classifiers: ['softmax', 'svm'],
  train: [1, 3, 6, 15, 30],
  test: MOST_TEST,
  folds: 5,
  seed: 0,
};

export const classifierChoices = {
  both: ['softmax', 'svm'],
  softmax: ['softmax'],
  svm: ['svm'],
} as const satisfies Readonly<Record<string, readonly LossName[]>>;

export type ClassifierChoice = keyof typeof classifierChoices;

/** Which of the choices classifiers are; `undefined` where they are none. */
export function classifierChoice(classifiers: unknown): ClassifierChoice | undefined {
  const wanted = Array.isArray(classifiers) ? classifiers.join() : '';
  const names = Object.keys(classifierChoices) as ClassifierChoice[];
  return names.find((name) => classifierChoices[name].join() === wanted);
}

export const foldChoices = [1, 2, 3, 5, 10] as const;

/** Numbers of images as they are typed; `null` where they are none. */
export function parseTrain(text: string): readonly number[] | null {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const isFine = parts.length > 0 && parts.length <= 10 && parts.every((part) => /^[1-9]\d{0,4}$/.test(part));
  return isFine ? [...new Set(parts.map(Number))].sort((a, b) => a - b) : null;
}

/** Settings that an earlier view kept; the usual ones where they cannot be used. */
export function restoredSettings(value: unknown): FeaturesSettings {
  if (typeof value !== 'object' || value === null) return defaultSettings;
  const { layers, pooling, classifiers, train, test, folds, seed } = value as Partial<FeaturesSettings>;
  const isLayers =
    layers === null || (Array.isArray(layers) && layers.every((label) => typeof label === 'string'));
  const known = poolings.find((name) => name === pooling);
  const shots = Array.isArray(train) ? parseTrain(train.join(',')) : null;
  const learning = classifierChoice(classifiers);
  const isTest = Number.isInteger(test) && test! >= 1 && test! <= MOST_TEST;
  const isCount = foldChoices.some((choice) => choice === folds);
  const isSeed = typeof seed === 'number' && Number.isInteger(seed) && seed >= 0;
  if (!isLayers || known === undefined || shots === null || learning === undefined) return defaultSettings;
  if (!isTest || !isCount || !isSeed) return defaultSettings;
  return {
    ...{ layers, pooling: known, classifiers: classifierChoices[learning], train: shots },
    ...{ test: test!, folds: folds!, seed },
  };
}
