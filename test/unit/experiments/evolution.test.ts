import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOf, inOrder } from '../../../src/core/experiments/evolution/checkpoints';
import {
  correlation,
  meanFilterCorrelation,
  settledFrom,
} from '../../../src/core/experiments/evolution/convergence';
import { sampleMaps } from '../../../src/core/experiments/evolution/sampleMaps';
import { gaussians, seededRandom } from '../../support/random';

describe('the epoch of a checkpoint', () => {
  it.each([
    ['epoch-05.onnx', {}, 5],
    ['zfnet128-e64.onnx', {}, 64],
    ['alexnet.onnx', {}, null],
    ['epoch-05/model.json', {}, 5],
    ['last/model.json', {}, null],
    ['epoch-05.onnx', { epoch: '7' }, 7],
    ['epoch-05.onnx', { epoch: 'last' }, 5],
  ])('of %s with %o is %s', (name, metadata, epoch) => {
    expect(epochOf(name, new Map(Object.entries(metadata)))).toBe(epoch);
  });

  it('orders checkpoints, by number and not by name', () => {
    const files = ['e10.onnx', 'e2.onnx', 'final.onnx', 'e1.onnx', 'best.onnx'];
    const checkpoints = files.map((name) => ({ name, epoch: epochOf(name, new Map()) }));
    expect(inOrder(checkpoints).map(({ name }) => name)).toEqual(
      ['e1.onnx', 'e2.onnx', 'e10.onnx', 'best.onnx', 'final.onnx'], // prettier-ignore
    );
  });
});

describe('a correlation', () => {
  it('is the cosine of what deviates from the means', () => {
    const [a, b] = [gaussians(seededRandom(1), 50), gaussians(seededRandom(2), 50)];
    const centred = (values: Float32Array) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Array.from(values, (value) => value - mean);
    };
    const dot = (x: readonly number[], y: readonly number[]) =>
      x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    const [x, y] = [centred(a), centred(b)];
    expect(correlation(a, b)).toBeCloseTo(dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y)), 10);
  });

  it('does not see scale and shift, and is 0 against what is constant', () => {
    const a = gaussians(seededRandom(3), 20);
    expect(correlation(a, a.map((value) => 3 * value + 1))).toBeCloseTo(1, 6); // prettier-ignore
    expect(correlation(a, a.map((value) => -value))).toBeCloseTo(-1, 6); // prettier-ignore
    expect(correlation(a, new Float32Array(20).fill(2))).toBe(0);
  });

  it('of filters is the mean over them', () => {
    const weights = Float32Array.of(1, 2, 3, 1, 2, 3);
    expect(meanFilterCorrelation(weights, Float32Array.of(2, 4, 6, 3, 2, 1), 2)).toBeCloseTo(0, 6);
  });
});

it('a curve has settled from where it stays above a level', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0.2, 0.9, 1), { minLength: 1 }), (curve) => {
      const from = settledFrom(curve, 0.9);
      const stays = (start: number) => curve.slice(start).every((value) => value >= 0.9);
      const expected = [...curve.keys()].find(stays) ?? null;
      expect(from).toBe(expected);
    }),
  );
});

it('the maps of a sample are distinct, ordered, and the same for a seed', () => {
  for (const seed of [0, 1, 2]) {
    const maps = sampleMaps(100, 6, seed);
    expect(new Set(maps).size).toBe(6);
    expect(maps).toEqual([...maps].sort((a, b) => a - b));
    expect(maps.every((map) => map >= 0 && map < 100)).toBe(true);
    expect(sampleMaps(100, 6, seed)).toEqual(maps);
  }
  expect(sampleMaps(100, 6, 0)).not.toEqual(sampleMaps(100, 6, 1));
  expect(sampleMaps(4, 9, 0)).toEqual([0, 1, 2, 3]);
});
