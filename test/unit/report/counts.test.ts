import { expect, it } from 'vitest';
import { fixedBatch, invalidUnit } from '../../../src/core/errors';
import { comparisonFacts } from '../../../src/core/experiments/correspondence/report';
import { classesTooSmall } from '../../../src/core/experiments/features/errors';
import { counted } from '../../../src/core/report/numbers';

it('one is counted as one, none and more in the plural', () => {
  expect([0, 1, 2].map((count) => counted(count, 'map'))).toEqual(['0 maps', '1 map', '2 maps']);
  expect([1, 2].map((count) => counted(count, 'class', 'classes'))).toEqual(['1 class', '2 classes']);
});

it('messages and reports say of one what is said of one', () => {
  const [, , control] = comparisonFacts({ images: [], parts: [], size: 32, draws: 1, seed: 7, deltas: [] });
  expect([
    invalidUnit('logits', 3, [0, 0], { maps: 1, height: 5, width: 5 }).message,
    fixedBatch('image', 1, 8).message,
    classesTooSmall(1, 1).message,
    control![1],
  ]).toEqual([
    '"logits" has no unit 3 at 0,0: it has 1 map of 5 × 5.',
    `The model's input "image" takes batches of 1 image only, not of 8.`,
    'No two classes have more than 1 image to learn from and one to judge by; the second largest has 1.',
    '1 draw, seed 7, never over a part',
  ]);
});
