import { afterAll, describe, expect, it } from 'vitest';
import {
  invariance,
  invarianceTensors,
  valuesOf,
  type InvariancePoint,
  type InvarianceSettings,
} from '../../../src/core/experiments/invariance';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Picture, Preprocessing } from '../../../src/core/imaging/preprocessing';
import { preprocess } from '../../../src/core/imaging/preprocess';
import { transformPicture } from '../../../src/core/imaging/transform';
import { openNetwork } from '../../../src/core/network';
import { createForwards } from '../../../src/engine/forwards';
import { seededRandom } from '../../support/random';
import { runtime } from '../../support/recording';
import { runOnnx } from '../../support/runOnnx';
import { smallNet } from '../../support/smallNet';

const preprocessing: Preprocessing = {
  resize: 48,
  crop: [48, 48],
  channels: 'BGR',
  scale: 1 / 255,
  mean: [0.4, 0.45, 0.5],
  std: [0.2, 0.25, 0.3],
};

function noisePicture(): Picture {
  const random = seededRandom(6);
  const rgba = new Uint8Array(4 * 48 * 48);
  for (let i = 0; i < rgba.length; i++) rgba[i] = i % 4 === 3 ? 255 : Math.floor(random() * 256);
  return { height: 48, width: 48, rgba };
}

const graph = smallNet();
const network = openNetwork(graph);
const forwards = createForwards(network, 'small', runtime);
afterAll(forwards.close);

const layers = ['relu1_output_0', 'relu3_output_0'];
const base: InvarianceSettings = {
  kind: 'rotation',
  values: valuesOf({ from: 0, to: 90, steps: 4 }),
  fill: [128, 128, 128],
  layers,
  classifier: network.classifier,
};

async function pointsOf(settings: InvarianceSettings, label: number | null = 2) {
  const forward = await forwards.open({ tensors: invarianceTensors(settings) });
  const points: InvariancePoint[] = [];
  for await (const point of invariance(forward, { picture: noisePicture(), preprocessing, label }, settings))
    points.push(point);
  return points;
}

/** One picture after the other through ONNX Runtime, distances in plain loops from the definition. */
async function slowly({ kind, values, fill }: InvarianceSettings) {
  const shown = [...layers, 'softmax_output_0'];
  const bytes = encodeOnnx({
    ...graph,
    outputs: shown.map((name) => ({ name, type: 'float32', shape: null })),
  });
  const run = async (picture: Picture) => {
    const { dims, data } = preprocess(picture, preprocessing);
    return runOnnx(bytes, { input: { dims, data } });
  };
  const picture = noisePicture();
  const clean = await run(picture);
  const points = [];
  for (const value of values) {
    const moved = await run(transformPicture(picture, { kind, value }, fill));
    const distances = layers.map((layer) => {
      let [sum, norm] = [0, 0];
      for (let i = 0; i < clean[layer]!.data.length; i++) {
        sum += (Number(clean[layer]!.data[i]) - Number(moved[layer]!.data[i])) ** 2;
        norm += Number(clean[layer]!.data[i]) ** 2;
      }
      return { distance: Math.sqrt(sum), norm: Math.sqrt(norm) };
    });
    points.push({ value, distances, probability: Number(moved['softmax_output_0']!.data[2]) });
  }
  return points;
}

describe('feature invariance', () => {
  it.each(['vertical', 'horizontal', 'scale', 'rotation'] as const)(
    'is that of a slow reference: %s',
    async (kind) => {
      const to = { vertical: 9, horizontal: -7, scale: 1.8, rotation: 200 }[kind];
      const settings = { ...base, kind, values: valuesOf({ from: kind === 'scale' ? 1 : 0, to, steps: 5 }) };
      const points = await pointsOf(settings);
      const expected = await slowly(settings);
      expect(points.map(({ value }) => value)).toEqual(settings.values);
      points.forEach((point, i) => {
        expected[i]!.distances.forEach(({ distance, norm }, layer) => {
          expect(Math.abs(point.distances[layer]! - distance)).toBeLessThan(1e-4 * norm);
          expect(Math.abs(point.relative[layer]! - distance / norm)).toBeLessThan(1e-4);
        });
        expect(Math.abs(point.probability! - expected[i]!.probability)).toBeLessThan(1e-5);
      });
      // Nothing was done to the first.
      expect(points[0]!.relative.every((distance) => distance < 1e-5)).toBe(true);
      expect(points.at(-1)!.relative.every((distance) => distance > 0.1)).toBe(true);
    },
  );

  it('comes in the order of the values whatever fits into one pass', async () => {
    const settings = { ...base, values: [3, 1, 2, 5, 4] };
    const forward = await forwards.open({ tensors: invarianceTensors(settings) });
    const image = { picture: noisePicture(), preprocessing, label: 0 };
    const found: InvariancePoint[] = [];
    for await (const point of invariance({ ...forward, batch: 2 }, image, settings)) found.push(point);
    expect(found.map(({ value }) => value)).toEqual([3, 1, 2, 5, 4]);
    const whole = await pointsOf(settings, 0);
    found.forEach(({ relative }, i) =>
      relative.forEach((distance, layer) => expect(distance).toBeCloseTo(whole[i]!.relative[layer]!, 5)),
    );
  });

  it('of a model without a classifier has distances and no probability', async () => {
    const points = await pointsOf({ ...base, classifier: null }, null);
    expect(points.every(({ probability, top }) => probability === null && top === null)).toBe(true);
    expect(points.at(-1)!.distances[0]).toBeGreaterThan(0);
  });

  it('ends before the next pass when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(pointsOf({ ...base, signal: controller.signal })).rejects.toThrow();
  });
});
