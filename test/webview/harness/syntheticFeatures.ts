import type { Rating } from '../../../src/core/experiments/features/rateFeatures';
import type { RatePlan, RateRequest } from '../../../src/protocol/features';
import type { Scenario } from './scenario';
import { syntheticSummary } from './syntheticDataSet';

/** Ratings with structure, without a network. */

type Wanted = Pick<RateRequest, 'layers' | 'classifiers' | 'train' | 'folds'>;

const classes = ['cup', 'owl', 'tree'];

export function syntheticRatePlan(
  scenario: Scenario,
  { layers, classifiers, train, folds }: Wanted,
): RatePlan {
  const summary = syntheticSummary(scenario).layers;
  const labels = layers ?? summary.slice(0, 5).map(({ label }) => label);
  return {
    layers: labels.map((label) => ({
      label,
      features: summary.find((layer) => layer.label === label)?.shape[0] ?? 1,
    })),
    classes,
    images: scenario.dataSet.pictures,
    notes: ['Classes with no more than 30 images are left out: pen.'],
    ratings: labels.length * classifiers.length * train.length * folds,
  };
}

/** Better with depth and with pictures learnt from; an owl is taken for a cup. */
export function* syntheticRatings(
  { layers }: RatePlan,
  { classifiers, train, folds }: Wanted,
): Generator<Rating> {
  for (const [depth, { label: layer }] of layers.entries())
    for (const count of train)
      for (let fold = 0; fold < folds; fold++)
        for (const classifier of classifiers) {
          const wrong = Math.max(1, 8 - depth - Math.round(Math.log2(count)) + (fold % 2));
          const confusion = Int32Array.of(20, 0, 0, wrong, 20 - wrong, 0, 0, 0, 20);
          const rating = { layer, classifier, train: count, fold, c: 1, accuracy: 1 - wrong / 60, confusion };
          yield rating;
        }
}
