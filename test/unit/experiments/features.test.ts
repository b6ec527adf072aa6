import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainProducts } from '../../../src/core/deconvnet/products';
import { chooseC, choices, UNCHOSEN_C } from '../../../src/core/experiments/features/chooseC';
import { confusionOf, meanAccuracy } from '../../../src/core/experiments/features/confusion';
import { designOf, standardOf, type FeatureMatrix } from '../../../src/core/experiments/features/design';
import { fit, scoresOf, trainingSet } from '../../../src/core/experiments/features/fit';
import { dealOut, drawFold } from '../../../src/core/experiments/features/folds';
import { minimise } from '../../../src/core/experiments/features/lbfgs';
import { losses, type LossName } from '../../../src/core/experiments/features/losses';
import { poolFeatures } from '../../../src/core/experiments/features/pool';
import { rateFeatures } from '../../../src/core/experiments/features/rateFeatures';
import { argMax } from '../../../src/core/tensor/argMax';
import { gaussians, seededRandom } from '../../support/random';

interface Golden {
  readonly classes: number;
  readonly train: number;
  readonly features: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly fits: readonly {
    readonly classifier: LossName;
    readonly c: number;
    readonly scores: readonly (readonly number[])[];
    readonly predicted: readonly number[];
  }[];
}

const file = path.join(import.meta.dirname, '../../golden/sklearn/classifiers.json');
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;
const features: FeatureMatrix = {
  rows: golden.features.length,
  columns: golden.features[0]!.length,
  data: Float32Array.from(golden.features.flat()),
};
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const train = range(0, golden.train);
const test = range(golden.train, features.rows);
const standard = standardOf(features, train);
const learnt = trainingSet(
  designOf(features, train, standard),
  Int32Array.from(golden.labels.slice(0, golden.train)),
  golden.classes,
);

describe('linear classifiers', () => {
  it.each(golden.fits)('$classifier with c = $c scores as scikit-learn does', async (wanted) => {
    const weights = await fit(plainProducts, learnt, {
      loss: losses[wanted.classifier],
      c: wanted.c,
      tolerance: 1e-7,
      iterations: 2000,
    });
    const scores = await scoresOf(plainProducts, designOf(features, test, standard), weights);
    const expected = centred(wanted.scores, wanted.classifier);
    const found = centred(rowsOf(scores, golden.classes), wanted.classifier);
    const largest = Math.max(...expected.flat().map(Math.abs));
    found.flat().forEach((score, i) => {
      expect(Math.abs(score - expected.flat()[i]!)).toBeLessThan(1e-4 * largest);
    });
    const predicted = test.map((_, i) => argMax(scores, i * golden.classes, golden.classes));
    expect(predicted).toEqual(wanted.predicted);
  });

  it('have the derivatives that finite differences have', () => {
    const scores = gaussians(seededRandom(3), 12);
    const scored = { scores, labels: Int32Array.of(0, 2, 1), classes: 4 };
    for (const loss of Object.values(losses)) {
      for (const sample of [0, 1, 2]) {
        const residuals = new Float32Array(12);
        loss.sample(scored, sample, residuals);
        for (let i = 4 * sample; i < 4 * sample + 4; i++) {
          const at = (change: number) => {
            const moved = scores.slice();
            moved[i]! += change;
            return loss.sample({ ...scored, scores: moved }, sample, new Float32Array(12));
          };
          expect(residuals[i]).toBeCloseTo((at(1e-3) - at(-1e-3)) / 2e-3, 2);
        }
      }
    }
  });
});

/** A softmax is the same when all scores of a sample move together. */
function centred(rows: readonly (readonly number[])[], classifier: LossName): number[][] {
  return rows.map((row) => {
    const mean = classifier === 'softmax' ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
    return row.map((value) => value - mean);
  });
}

function rowsOf(values: Float32Array, columns: number): number[][] {
  return range(0, values.length / columns).map((row) => [
    ...values.subarray(row * columns, (row + 1) * columns),
  ]);
}

describe('minimising', () => {
  it('finds the bottom of a long valley', async () => {
    // (1 - x)² + 100 (y - x²)², Rosenbrock 1960.
    const slopeAt = ([x, y]: Float64Array) =>
      Promise.resolve({
        value: (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2,
        gradient: Float64Array.of(-2 * (1 - x!) - 400 * x! * (y! - x! * x!), 200 * (y! - x! * x!)),
      });
    const [x, y] = await minimise(slopeAt, Float64Array.of(-1.2, 1), { tolerance: 1e-9, iterations: 500 });
    expect(x).toBeCloseTo(1, 6);
    expect(y).toBeCloseTo(1, 6);
  });

  it('stops when it is told to', async () => {
    const slopeAt = (place: Float64Array) => Promise.resolve({ value: 1, gradient: place.map(() => 1) });
    const stopped = minimise(slopeAt, new Float64Array(2), {
      tolerance: 0,
      iterations: 9,
      signal: AbortSignal.abort(),
    });
    await expect(stopped).rejects.toThrow('aborted');
  });
});

describe('features of a layer', () => {
  const grid = { maps: 2, height: 2, width: 3 };
  const activations = Float32Array.from([1, 2, 3, 4, 5, 9, -1, -2, -3, -4, -5, -9]);

  it.each([
    ['mean', [4, -4]],
    ['max', [9, -1]],
    ['full', [...activations]],
  ] as const)('by %s', (pooling, expected) => {
    expect([...poolFeatures(activations, grid, 1, pooling)]).toEqual(expected);
  });

  it('come to mean 0 and deviation 1 over the rows they are standardised by, but for constant ones', () => {
    const design = designOf(features, train, standard);
    for (let column = 0; column < features.columns; column++) {
      const values = train.map((row) => design.data[row * design.columns + column]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(square).toBeCloseTo(column === 3 ? 0 : 1, 4);
    }
  });
});

describe('folds', () => {
  const classes = [range(0, 40), range(40, 47), range(47, 200)];

  it('take the same number of every class, and judge by others, at most so many', () => {
    const fold = drawFold(classes, { train: 5, test: 20 }, seededRandom(1));
    expect(classes.map((images) => fold.train.filter((image) => images.includes(image)).length)).toEqual([
      5, 5, 5,
    ]);
    expect(classes.map((images) => fold.test.filter((image) => images.includes(image)).length)).toEqual([
      20, 2, 20,
    ]);
    expect(new Set([...fold.train, ...fold.test]).size).toBe(fold.train.length + fold.test.length);
  });

  it('are drawn by the seed, fewer images out of more', () => {
    const few = drawFold(classes, { train: 2, test: 20 }, seededRandom(1));
    const more = drawFold(classes, { train: 6, test: 20 }, seededRandom(1));
    expect(more.train).toEqual(expect.arrayContaining([...few.train]));
    expect(drawFold(classes, { train: 6, test: 20 }, seededRandom(1))).toEqual(more);
    expect(drawFold(classes, { train: 6, test: 20 }, seededRandom(2))).not.toEqual(more);
  });

  it('deal every class out evenly', () => {
    expect([...dealOut(Int32Array.of(0, 0, 1, 0, 1, 0), 3)]).toEqual([0, 1, 0, 2, 1, 0]);
  });
});

describe('an accuracy', () => {
  it('is the mean over classes, whatever their sizes', () => {
    const scores = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 1, 0);
    const confusion = confusionOf({ scores, labels: Int32Array.of(0, 0, 0, 1, 1), classes: 2 });
    expect([...confusion]).toEqual([3, 0, 1, 1]);
    expect(meanAccuracy(confusion, 2)).toBeCloseTo(0.75, 12);
  });

  it('leaves classes without samples out', () => {
    expect(meanAccuracy(Int32Array.of(0, 0, 1, 3), 2)).toBe(0.75);
  });
});

describe('the choice of c', () => {
  it('is the one that plain cross-validation chooses', async () => {
    const loss = losses.softmax;
    const part = dealOut(learnt.labels, 3);
    const accuracies = await Promise.all(
      choices.map(async (c) => {
        let sum = 0;
        for (const held of [0, 1, 2]) {
          // The rows of the other parts only, instead of counts.
          const kept = train.filter((row) => part[row] !== held);
          const out = train.filter((row) => part[row] === held);
          const set = trainingSet(designOf(features, kept, standard), labelsAt(kept), golden.classes);
          const weights = await fit(plainProducts, set, { loss, c, tolerance: 1e-2, iterations: 60 });
          const scores = await scoresOf(plainProducts, designOf(features, out, standard), weights);
          sum += meanAccuracy(
            confusionOf({ scores, labels: labelsAt(out), classes: golden.classes }),
            golden.classes,
          );
        }
        return sum / 3;
      }),
    );
    const chosen = accuracies[choices.indexOf((await chooseC(plainProducts, learnt, { loss })) as 1)]!;
    // Warm and cold starts end at slightly different weights.
    expect(chosen).toBeGreaterThan(Math.max(...accuracies) - 0.03);
  });

  it('is none where a class has one image', async () => {
    const rows = range(0, golden.classes);
    const set = trainingSet(designOf(features, rows, standard), labelsAt(rows), golden.classes);
    expect(await chooseC(plainProducts, set, { loss: losses.svm })).toBe(UNCHOSEN_C);
  });
});

function labelsAt(rows: readonly number[]): Int32Array {
  return Int32Array.from(rows, (row) => golden.labels[row]!);
}

describe('rating', () => {
  it('finds the layer that separates classes, the same for the same seed', async () => {
    const random = seededRandom(5);
    const classes = [range(0, 30), range(30, 60), range(60, 90)];
    const noise = gaussians(random, 90 * 4);
    const told = noise.map((value, i) => value + (i % 4 === Math.floor(i / 4 / 30) ? 6 : 0));
    const matrix = (data: Float32Array): FeatureMatrix => ({ rows: 90, columns: 4, data });
    const rate = async () => {
      const ratings = [];
      for await (const rating of rateFeatures(
        plainProducts,
        { classes, featuresOf: (layer) => matrix(layer === 'told' ? told : noise) },
        {
          layers: ['noise', 'told'],
          classifiers: ['softmax', 'svm'],
          train: [1, 10],
          test: 20,
          folds: 2,
          seed: 4,
        },
      )) {
        ratings.push(rating);
      }
      return ratings;
    };
    const ratings = await rate();
    expect(ratings).toHaveLength(2 * 2 * 2 * 2);
    expect(await rate()).toEqual(ratings);
    for (const { layer, train: count, accuracy, confusion } of ratings) {
      expect(confusion.reduce((sum, value) => sum + value, 0)).toBe(60);
      if (count < 10) continue;
      if (layer === 'told') expect(accuracy).toBeGreaterThan(0.95);
      else expect(accuracy).toBeLessThan(0.6);
    }
  });
});
