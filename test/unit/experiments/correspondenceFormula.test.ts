import { describe, expect, it } from 'vitest';
import { monteCarlo, pairDistances, spreadOf } from '../../../src/core/experiments/correspondence/delta';
import { randomBox } from '../../../src/core/experiments/correspondence/randomBox';
import { packSigns } from '../../../src/core/experiments/correspondence/signs';
import { isBeyond } from '../../../src/core/experiments/correspondence/summary';
import { naiveDelta } from '../../support/naiveDelta';
import { gaussians, seededRandom } from '../../support/random';

/** Features of which about a third do not change, as behind a rectifier. */
function changes(images: number, features: number, seed: number) {
  const random = seededRandom(seed);
  const clean = gaussians(random, images * features);
  const masked = clean.map((value) => (random() < 0.35 ? value : value + random() - 0.5));
  return { clean, masked };
}

describe('the correspondence measure', () => {
  it.each([
    { images: 2, features: 31 },
    { images: 5, features: 32 },
    { images: 7, features: 1000 },
  ])('of $images images and $features features is that of plain loops', ({ images, features }) => {
    const { clean, masked } = changes(images, features, features);
    const signs = Array.from({ length: images }, (_, image) => {
      const start = image * features;
      return packSigns({ values: clean, start }, { values: masked, start }, { length: features });
    });
    const rows = (values: Float32Array) =>
      signs.map((_, image) => values.subarray(image * features, (image + 1) * features));
    const distances = pairDistances(signs);
    expect(distances).toHaveLength((images * (images - 1)) / 2);
    expect(spreadOf(distances).mean).toBeCloseTo(naiveDelta(rows(clean), rows(masked)), 12);
  });

  it('tells no change from a change of either sign', () => {
    const of = (...values: number[]) =>
      packSigns(
        { values: Float32Array.from(values), start: 0 },
        { values: new Float32Array(3), start: 0 },
        { length: 3, tolerance: 0.1 },
      );
    expect(pairDistances([of(1, -1, 0), of(2, -3, 0.05)])).toEqual([0]);
    expect(pairDistances([of(1, -1, 0), of(-1, 0, 1)])).toEqual([1]);
  });

  it('spreads as a sample does', () => {
    expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7) });
    expect(spreadOf([3])).toEqual({ mean: 3, deviation: null });
  });

  it('is as improbable as the share of random draws that reach it', () => {
    expect(monteCarlo(0.1, [0.2, 0.3, 0.4])).toEqual({ below: 1 / 4, above: 1 });
    expect(monteCarlo(0.3, [0.2, 0.3, 0.4])).toEqual({ below: 3 / 4, above: 3 / 4 });
    expect(monteCarlo(0.5, [])).toEqual({ below: 1, above: 1 });
  });

  it('has a test that is right as often as it says when parts are random places', () => {
    const random = seededRandom(11);
    const draws = (count: number) => Array.from({ length: count }, () => random() ** 2);
    const trials = 2000;
    let rejected = 0;
    for (let trial = 0; trial < trials; trial++) {
      const p = monteCarlo(draws(1)[0]!, draws(39));
      if (isBeyond('below', p) || isBeyond('above', p)) rejected++;
    }
    // Three standard deviations around 5 %.
    expect(Math.abs(rejected / trials - 0.05)).toBeLessThan(0.015);
  });
});

describe('a random control', () => {
  const image = { height: 20, width: 30 };
  const taken = [
    { top: 2, left: 3, height: 6, width: 6 },
    { top: 10, left: 20, height: 6, width: 6 },
  ];

  it('lies inside the image, never over a part, and everywhere else alike', () => {
    const random = seededRandom(4);
    const hits = new Map<string, number>();
    const draws = 4000;
    for (let i = 0; i < draws; i++) {
      const { top, left, height, width } = randomBox(random, 6, image, taken)!;
      if (height !== 6 || width !== 6) throw new Error('no square of 6');
      hits.set(`${top},${left}`, (hits.get(`${top},${left}`) ?? 0) + 1);
    }
    const free: string[] = [];
    for (let top = 0; top <= 14; top++) {
      for (let left = 0; left <= 24; left++) {
        const apart = taken.every((part) => Math.abs(part.top - top) >= 6 || Math.abs(part.left - left) >= 6);
        if (apart) free.push(`${top},${left}`);
      }
    }
    expect([...hits.keys()].sort()).toEqual(free.sort());
    const expected = draws / free.length;
    for (const count of hits.values())
      expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });

  it('is the same for the same seed', () => {
    const draw = (seed: number) => randomBox(seededRandom(seed), 6, image, taken);
    expect(draw(5)).toEqual(draw(5));
  });

  it('does not exist where no place is left', () => {
    expect(randomBox(seededRandom(1), 25, image, [])).toBeUndefined();
    expect(
      randomBox(seededRandom(1), 6, image, [{ top: 0, left: 0, height: 20, width: 30 }]),
    ).toBeUndefined();
  });
});
