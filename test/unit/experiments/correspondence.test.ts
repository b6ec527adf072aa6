import { afterAll, describe, expect, it } from 'vitest';
import {
  correspondence,
  type CorrespondenceImage,
  type CorrespondenceSettings,
  type CorrespondenceStep,
} from '../../../src/core/experiments/correspondence/correspondence';
import { summariseDeltas, verdict } from '../../../src/core/experiments/correspondence/summary';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Box } from '../../../src/core/graph/box';
import type { Preprocessing } from '../../../src/core/imaging/preprocessing';
import { preprocess } from '../../../src/core/imaging/preprocess';
import { openNetwork } from '../../../src/core/network';
import { createForwards } from '../../../src/engine/forwards';
import { naiveDelta } from '../../support/naiveDelta';
import { seededRandom } from '../../support/random';
import { runtime } from '../../support/recording';
import { runOnnx } from '../../support/runOnnx';
import { smallNet } from '../../support/smallNet';

const preprocessing: Preprocessing = {
  resize: 48,
  crop: [48, 48],
  channels: 'RGB',
  scale: 1 / 64,
  mean: [2, 2, 2],
  std: [1, 1, 1],
};

const graph = smallNet();
const network = openNetwork(graph);
const forwards = createForwards(network, 'small', runtime);
afterAll(forwards.close);

type OnnxOutputs = Awaited<ReturnType<typeof runOnnx>>;

const size = 8;
const layers = ['relu1_output_0', 'relu2_output_0', 'relu3_output_0'];

function images(count: number): CorrespondenceImage[] {
  const random = seededRandom(21);
  return Array.from({ length: count }, (_, index) => {
    const rgba = new Uint8Array(4 * 48 * 48);
    for (let i = 0; i < rgba.length; i++) rgba[i] = i % 4 === 3 ? 255 : Math.floor(random() * 256);
    const box = (top: number, left: number): Box => ({ top, left, height: size, width: size });
    return {
      name: `${index}.png`,
      picture: { height: 48, width: 48, rgba },
      parts: new Map([
        ['eye', box(4 + index, 6)],
        ['nose', box(30, 20 + index)],
      ]),
    };
  });
}

const settings: CorrespondenceSettings = {
  preprocessing,
  parts: ['eye', 'nose'],
  layers,
  size,
  draws: [0, 1],
  seed: 1,
};

async function stepsOf(set: readonly CorrespondenceImage[], more: Partial<CorrespondenceSettings> = {}) {
  const forward = await forwards.open({ tensors: layers });
  const steps: CorrespondenceStep[] = [];
  for await (const step of correspondence({ ...forward, batch: 2 }, set, { ...settings, ...more }))
    steps.push(step);
  return steps;
}

/** Section 4.4 in plain loops over features of single forward passes. */
async function naiveDeltas(set: readonly CorrespondenceImage[], part: string) {
  const bytes = encodeOnnx({
    ...graph,
    outputs: layers.map((name) => ({ name, type: 'float32', shape: null })),
  });
  const run = async ({ picture }: CorrespondenceImage, box?: Box) => {
    const rgba = picture.rgba.slice();
    for (let y = 0; box && y < size; y++) {
      for (let x = 0; x < size; x++) {
        for (let c = 0; c < 3; c++) rgba[4 * ((box.top + y) * 48 + box.left + x) + c] = 128;
      }
    }
    const { dims, data } = preprocess({ ...picture, rgba }, preprocessing);
    return runOnnx(bytes, { input: { dims, data } });
  };
  const clean: OnnxOutputs[] = [];
  const masked: OnnxOutputs[] = [];
  for (const image of set) {
    clean.push(await run(image));
    masked.push(await run(image, image.parts.get(part)));
  }
  const featuresOf = (outputs: readonly OnnxOutputs[], layer: string) =>
    outputs.map((output) => output[layer]!.data);
  return layers.map((layer) => naiveDelta(featuresOf(clean, layer), featuresOf(masked, layer)));
}

describe('correspondence analysis', () => {
  it('gives the measure of plain loops for every part and layer', async () => {
    const set = images(5);
    const summary = summariseDeltas(await stepsOf(set), layers);
    for (const part of ['eye', 'nose']) {
      const expected = await naiveDeltas(set, part);
      summary.forEach(({ parts }, layer) => {
        const { mean } = parts.find((found) => found.part === part)!;
        // Rounding may decide a few signs of values that hardly change.
        expect(Math.abs(mean - expected[layer]!)).toBeLessThan(2e-4);
        expect(mean).toBeGreaterThan(0);
      });
    }
  });

  it('draws the same random squares for the same seed, and others for another', async () => {
    const set = images(3);
    const first = await stepsOf(set);
    expect(first.map(({ part }) => part)).toEqual(['eye', 'nose', null, null]);
    expect(await stepsOf(set)).toEqual(first);
    expect((await stepsOf(set, { seed: 2 })).slice(2)).not.toEqual(first.slice(2));
    expect(first[3]).not.toEqual(first[2]);
    // An interrupted run goes on with the draws it lacks.
    expect(await stepsOf(set, { parts: [], draws: [1] })).toEqual([first[3]]);
  });

  it('finds no difference where the same image is compared with itself', async () => {
    const [image] = images(1);
    const summary = summariseDeltas(await stepsOf([image!, image!]), layers);
    for (const { parts, random } of summary) {
      expect(parts.map(({ mean }) => mean)).toEqual([0, 0]);
      // Random squares are at another place in each copy.
      expect(random!.mean).toBeGreaterThan(0);
    }
  });

  it('says so where an image has no room for the control', async () => {
    const set = images(2).map((image) => ({
      ...image,
      parts: new Map([...image.parts, ['all', { top: 0, left: 0, height: 48, width: 48 }]]),
    }));
    await expect(stepsOf(set)).rejects.toMatchObject({ code: 'no-random-place' });
  });

  it('ends before the next pass when it is cancelled', async () => {
    const controller = new AbortController();
    const forward = await forwards.open({ tensors: layers });
    const run = async () => {
      const options = {
        ...settings,
        draws: Array.from({ length: 50 }, (_, draw) => draw),
        signal: controller.signal,
      };
      for await (const { part } of correspondence(forward, images(2), options)) {
        if (part === 'nose') controller.abort();
      }
    };
    await expect(run()).rejects.toThrow();
  });
});

describe('the summary', () => {
  const step = (part: string | null, ...distances: number[]): CorrespondenceStep => ({
    part,
    distances: [distances],
  });
  const steps = [step('eye', 0.1, 0.2), step('nose', 0.5, 0.7)];
  const draws = Array.from({ length: 39 }, () => step(null, 0.4, 0.4));

  it('compares every part with the random draws', () => {
    const [layer] = summariseDeltas([...steps, ...draws], ['conv1']);
    expect(layer!.parts.map(({ part, mean, p }) => [part, Number(mean.toFixed(3)), p])).toEqual([
      ['eye', 0.15, { below: 0.025, above: 1 }],
      ['nose', 0.6, { below: 1, above: 0.025 }],
    ]);
    expect(layer!.random!.mean).toBeCloseTo(0.4);
    expect(verdict(layer!)).toBe('eye: below random places. nose: above random places.');
  });

  it('claims nothing without a control', () => {
    const [layer] = summariseDeltas(steps, ['conv1']);
    expect(layer!.random).toBeNull();
    expect(layer!.parts.every(({ p }) => p === null)).toBe(true);
    expect(verdict(layer!)).toBe('No random control yet.');
  });
});
