import { poolings, type Pooling } from '../../src/core/experiments/features/pool';

export interface FeaturesSettings {
  /** Labels; a few spread over the network where `null`. */
  readonly layers: readonly string[] | null;
  readonly pooling: Pooling;
  /** Images of each class to learn from, ascending. */
  readonly train: readonly number[];
  /** How often images are drawn. */
  readonly folds: number;
  readonly seed: number;
}

/** The one-shot curve of the paper's figure 9, and its numbers of folds. */
export const defaultSettings: FeaturesSettings = {
  layers: null,
  pooling: 'mean',
  train: [1, 3, 6, 15, 30],
  folds: 5,
  seed: 0,
};

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
  const { layers, pooling, train, folds, seed } = value as Partial<FeaturesSettings>;
  const isLayers =
    layers === null || (Array.isArray(layers) && layers.every((label) => typeof label === 'string'));
  const known = poolings.find((name) => name === pooling);
  const shots = Array.isArray(train) ? parseTrain(train.join(',')) : null;
  const isCount = foldChoices.some((choice) => choice === folds);
  const isSeed = typeof seed === 'number' && Number.isInteger(seed) && seed >= 0;
  if (!isLayers || known === undefined || shots === null || !isCount || !isSeed) return defaultSettings;
  return { layers, pooling: known, train: shots, folds: folds ?? defaultSettings.folds, seed };
}
