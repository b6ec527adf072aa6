import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forward } from '../../../src/core/experiments/forward';
import type { ScanImage } from '../../../src/core/experiments/passes';
import {
  createFindings,
  inactiveMaps,
  takeIn,
  uncount,
} from '../../../src/core/experiments/topActivations/findings';
import { binCount, binOf, lowerEdge } from '../../../src/core/experiments/topActivations/histogram';
import {
  createRanking,
  isComplete,
  offer,
  placesOf,
  takeRanking,
  type Candidate,
} from '../../../src/core/experiments/topActivations/ranking';
import { scan, type ScannedLayer, type ScannedPass } from '../../../src/core/experiments/topActivations/scan';
import { isInShard, missingShards, parseShard } from '../../../src/core/experiments/topActivations/shards';
import { strongestPositions } from '../../../src/core/tensor/argMax';
import { createRankedIds } from '../../../src/engine/topActivations/rankedIds';
import { seededRandom } from '../../support/random';

/** Few different values, so that ties are common. */
const activation = fc.record({
  value: fc.constantFrom(-1, 0, NaN, 0.25, 0.5, 1, 2, 3).map(Math.fround),
  image: fc.nat(12),
  position: fc.nat(5),
});

const activations = fc.uniqueArray(activation, {
  selector: ({ image, position }) => `${image}:${position}`,
  maxLength: 60,
});

/** The definition: sort everything, by value, then path, then row-major position. */
function naiveRanking(candidates: readonly Candidate[], places: number): Candidate[] {
  return candidates
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || a.image - b.image || a.position - b.position)
    .slice(0, places);
}

describe('the ranking of a map', () => {
  it('is that of sorting everything, in whatever order activations come', () => {
    fc.assert(
      fc.property(activations, fc.integer({ min: 1, max: 12 }), (candidates, places) => {
        const ranking = createRanking(2, places);
        for (const candidate of candidates) offer(ranking, 1, candidate);
        expect([...placesOf(ranking, 1)]).toEqual(naiveRanking(candidates, places));
        expect([...placesOf(ranking, 0)]).toEqual([]);
      }),
    );
  });

  it('knows whether images that go leave enough behind', () => {
    fc.assert(
      fc.property(activations, fc.nat(12), fc.nat(12), (candidates, gone, also) => {
        const [places, wanted] = [6, 3];
        const before = createRanking(1, places);
        for (const candidate of candidates) offer(before, 0, candidate);
        const left = (candidate: Candidate) => ![gone, also].includes(candidate.image);
        const after = createRanking(1, places);
        for (const candidate of placesOf(before, 0)) if (left(candidate)) offer(after, 0, candidate);
        after.cut.set(before.cut);
        const expected = naiveRanking(candidates.filter(left), wanted);
        const kept = [...placesOf(after, 0)].slice(0, wanted);
        // What is kept is right as far as it goes, and it is said where it does not go far enough.
        expect(kept).toEqual(expected.slice(0, kept.length));
        if (isComplete(after, wanted)) expect(kept).toEqual(expected);
      }),
    );
  });

  it('takes nothing in behind what it has forgotten', () => {
    const ranking = createRanking(1, 2);
    for (const value of [3, 2, 1]) offer(ranking, 0, { value, image: value, position: 0 });
    const after = createRanking(1, 2);
    offer(after, 0, { value: 3, image: 3, position: 0 });
    after.cut.set(ranking.cut);
    // The 2 is gone and the 1 forgotten: a 0.5 may not take their place.
    expect(offer(after, 0, { value: 0.5, image: 9, position: 0 })).toBe(false);
    expect(isComplete(after, 2)).toBe(false);
    expect(offer(after, 0, { value: 4, image: 9, position: 0 })).toBe(true);
    expect(isComplete(after, 2)).toBe(true);
  });
});

describe('the rankings of parts of a data set', () => {
  /** The part an image is in, for each image, and the order in which parts come. */
  const split = fc.record({
    parts: fc.array(fc.nat(3), { minLength: 13, maxLength: 13 }),
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  });

  it('come to the ranking of the whole, in whatever order', () => {
    fc.assert(
      fc.property(
        activations,
        split,
        fc.integer({ min: 1, max: 8 }),
        (candidates, { parts, order }, places) => {
          const whole = createRanking(1, places);
          for (const candidate of candidates) offer(whole, 0, candidate);
          const joined = createRanking(1, places);
          for (const part of order) {
            const ranking = createRanking(1, places);
            for (const candidate of candidates)
              if (parts[candidate.image] === part) offer(ranking, 0, candidate);
            takeRanking(joined, ranking, new Uint8Array(1));
          }
          expect([...placesOf(joined, 0)]).toEqual([...placesOf(whole, 0)]);
          expect(joined.cut).toEqual(whole.cut);
        },
      ),
    );
  });

  it('are right as far as they go where images went that a part has no reserve for', () => {
    fc.assert(
      fc.property(activations, split, fc.nat(12), (candidates, { parts, order }, gone) => {
        const joined = createRanking(1, 4);
        for (const part of order) {
          const [before, after] = [createRanking(1, 4), createRanking(1, 4)];
          for (const candidate of candidates)
            if (parts[candidate.image] === part) offer(before, 0, candidate);
          for (const candidate of placesOf(before, 0))
            if (candidate.image !== gone) offer(after, 0, candidate);
          after.cut.set(before.cut);
          takeRanking(joined, after, new Uint8Array(1));
        }
        const expected = naiveRanking(
          candidates.filter(({ image }) => image !== gone),
          4,
        );
        const kept = [...placesOf(joined, 0)];
        expect(kept).toEqual(expected.slice(0, kept.length));
        if (isComplete(joined, 4)) expect(kept).toEqual(expected);
      }),
    );
  });

  it('say which maps changed', () => {
    const [first, second, changed] = [createRanking(2, 2), createRanking(2, 2), new Uint8Array(2)];
    offer(second, 1, { value: 1, image: 0, position: 0 });
    takeRanking(first, second, changed);
    expect([...changed]).toEqual([0, 1]);
    changed.fill(0);
    takeRanking(first, createRanking(2, 2), changed);
    expect([...changed]).toEqual([0, 0]);
  });
});

describe('shards', () => {
  it('share the images out: each is in one', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (name, of) => {
        const holders = missingShards([{ index: of + 1, of }]).filter((shard) => isInShard(name, shard));
        expect(holders).toHaveLength(1);
      }),
    );
  });

  it('are about as large as each other', () => {
    const names = Array.from({ length: 8000 }, (_, i) => `airplanes/image_${String(i).padStart(4, '0')}.jpg`);
    for (let index = 1; index <= 8; index++) {
      const share = names.filter((name) => isInShard(name, { index, of: 8 })).length;
      expect(Math.abs(share - 1000)).toBeLessThan(100);
    }
  });

  it.each([
    ['2/8', { index: 2, of: 8 }],
    ['1/1', { index: 1, of: 1 }],
    ['0/8', null],
    ['9/8', null],
    ['2', null],
    ['2/8/1', null],
  ])('%s is %j', (text, shard) => expect(parseShard(text)).toEqual(shard));
});

describe('a bin of the histogram', () => {
  it('holds what lies between its edges', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const bin = binOf(value);
        expect(value).toBeGreaterThanOrEqual(bin === 1 ? 0 : Math.fround(lowerEdge(bin)));
        if (bin + 1 < binCount)
          expect(value).toBeLessThan(bin === 0 ? 1e-45 : Math.fround(lowerEdge(bin + 1)));
      }),
    );
  });

  it.each([
    [-1, 0],
    [0, 0],
    [NaN, 0],
    [1e-30, 1],
    [1, 33],
    [1.5, 34],
    [2, 35],
    [1e30, binCount - 1],
  ])('of %d is %i', (value, bin) => {
    expect(binOf(value)).toBe(bin);
  });
});

it('the strongest positions are the first of a stable sort', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2, 3, NaN)), fc.integer({ min: 1, max: 9 }), (values, count) => {
      const sorted = [...values.keys()].filter((i) => values[i] === values[i]);
      sorted.sort((a, b) => values[b]! - values[a]!);
      expect(strongestPositions(Float32Array.from(values), count)).toEqual(sorted.slice(0, count));
    }),
  );
});

const layers: readonly ScannedLayer[] = [
  { label: 'conv', tensor: 'conv', maps: 2, height: 1, width: 3 },
  { label: 'fc', tensor: 'fc', maps: 1, height: 1, width: 1 },
];

/** A network that gives every image its own pixels as maps: two of three positions and one of a single one. */
function fakeForward(batch: number, passes: number[] = []): Forward {
  return {
    batch,
    run: async (input) => {
      const images = input.length / 7;
      passes.push(images);
      const share = (from: number, to: number) =>
        Float32Array.from(
          Array.from({ length: images }, (_, i) => [...input.slice(7 * i + from, 7 * i + to)]).flat(),
        );
      return new Map([
        ['conv', share(0, 6)],
        ['fc', share(6, 7)],
      ]);
    },
  };
}

async function* asImages(pixels: readonly (readonly number[])[]): AsyncGenerator<ScanImage> {
  for (const [image, values] of pixels.entries()) yield { image, input: Float32Array.from(values) };
}

async function runScan(pixels: readonly (readonly number[])[], forward: Forward, each = 1) {
  const passes: ScannedPass[] = [];
  const settings = {
    layers,
    each,
    fetched: () => ({ kind: 'maps' }) as const,
    signal: new AbortController().signal,
  };
  for await (const pass of scan(asImages(pixels), forward, settings)) passes.push(pass);
  return passes;
}

const picture = fc.array(fc.constantFrom(-1, 0, 1, 2, 3), { minLength: 7, maxLength: 7 });

/** How many values are held, at any depth. */
function numbersIn(value: unknown): number {
  if (value instanceof Map || value instanceof Set) return numbersIn([...value]);
  if (ArrayBuffer.isView(value) && 'length' in value) return Number(value.length);
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + numbersIn(inner), 0);
}

describe('a scan', () => {
  it('finds what sorting the activations of all images finds, in passes of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(picture, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        async (pixels, batch, each) => {
          const findings = layers.map((layer) => createFindings(layer, 4));
          for (const pass of await runScan(pixels, fakeForward(batch), each)) takeIn(findings, pass);
          for (const [start, { layer, ranking }] of [0, 6].map((at, i) => [at, findings[i]!] as const)) {
            const plane = layer.height * layer.width;
            for (let map = 0; map < layer.maps; map++) {
              const candidates = pixels.flatMap((values, image) =>
                naiveRanking(
                  Array.from({ length: plane }, (_, position) => ({
                    value: values[start + map * plane + position]!,
                    image,
                    position,
                  })),
                  each,
                ),
              );
              expect([...placesOf(ranking, map)]).toEqual(naiveRanking(candidates, 4));
            }
          }
        },
      ),
    );
  });

  it('keeps as much of fifty times as many images: what maps and places hold, and the ids of the images there', async () => {
    const places = 4;
    const keptOf = async (images: number) => {
      const random = seededRandom(1);
      // Stronger and stronger, so that every image comes into the rankings.
      const pixels = Array.from({ length: images }, (_, image) =>
        Array.from({ length: 7 }, () => image + random()),
      );
      const findings = layers.map((layer) => createFindings(layer, places));
      const ids = createRankedIds();
      for (const pass of await runScan(pixels, fakeForward(8))) {
        takeIn(findings, pass);
        for (const image of pass.images) ids.set(image, 1000 + image);
        ids.prune(findings);
      }
      const named = [...pixels.keys()].filter((image) => ids.idOf(image) !== undefined);
      return { numbers: numbersIn(findings), ids: named.length };
    };
    const maps = 3;
    const kept = await keptOf(40 * 50);
    expect(kept).toEqual(await keptOf(40));
    expect(kept.ids).toBeLessThanOrEqual(maps * places);
    expect(kept.numbers).toBeLessThan(maps * (3 * places + binCount + 8) + 16);
  });

  it('fills its last pass up, so that every pass has the same size', async () => {
    const sizes: number[] = [];
    const passes = await runScan(
      [1, 2, 3].map((value) => Array<number>(7).fill(value)),
      fakeForward(2, sizes),
    );
    expect(sizes).toEqual([2, 2]);
    expect(passes.map(({ images }) => images)).toEqual([[0, 1], [2]]);
  });

  it('stops between passes', async () => {
    const controller = new AbortController();
    const settings = {
      layers,
      each: 1,
      fetched: () => ({ kind: 'maps' }) as const,
      signal: controller.signal,
    };
    const pixels = Array.from({ length: 6 }, () => Array<number>(7).fill(1));
    const scanning = scan(asImages(pixels), fakeForward(2), settings);
    await scanning.next();
    controller.abort();
    await expect(scanning.next()).rejects.toThrow(/abort/i);
  });

  it('counts images by bin, takes them out again, and names the maps that none activated', async () => {
    const findings = layers.map((layer) => createFindings(layer, 4));
    const passes = await runScan(
      [
        [0, 2, 1, -1, 0, -2, 3],
        [1, 1, 1, 0, 0, 0, 8],
      ],
      fakeForward(2),
    );
    const bins = passes.flatMap((pass) => takeIn(findings, pass));
    const [conv, fc1] = findings;
    expect(conv!.histogram[binOf(2)]).toBe(1);
    expect(conv!.histogram[binOf(1)]).toBe(1);
    expect(conv!.histogram[binCount]).toBe(2);
    expect(fc1!.histogram[binOf(8)]).toBe(1);
    expect(findings.map(inactiveMaps)).toEqual([[1], []]);
    uncount(findings, bins[0]!);
    expect(conv!.histogram[binOf(2)]).toBe(0);
    expect(conv!.histogram[binCount]).toBe(1);
    uncount(findings, bins[1]!);
    expect(findings.flatMap(({ histogram }) => [...histogram]).every((count) => count === 0)).toBe(true);
  });
});
