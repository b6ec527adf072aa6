import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { summariseDeltas } from '../../src/core/experiments/correspondence/summary';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import { parseParts } from '../../src/core/formats/parts';
import { readImage } from '../../src/engine/images';
import type {
  AnnotatedPicture,
  CorrespondencePlan,
  CorrespondenceRequest,
  CorrespondenceStep,
} from '../../src/protocol/correspondence';
import { naiveDelta } from '../support/naiveDelta';
import { runOnnx } from '../support/runOnnx';
import { smallNet } from '../support/smallNet';
import { context, hasShared, newService, shared, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();

beforeAll(async () => {
  writeModel(file('small.onnx'), smallNet());
  await writePicture(file('a.png'));
  await writePicture(file('b.png'), { height: 90, width: 64 });
  await writePicture(file('c.png'), { height: 50, width: 50 });
});

const images: readonly AnnotatedPicture[] = [
  { image: file('a.png'), parts: { eye: [25, 20], nose: [50, 40] } },
  { image: file('b.png'), parts: { eye: [20, 30], nose: [40, 60] } },
  { image: file('c.png'), parts: { eye: [12, 12], nose: [35, 35] } },
];

const request = (more: Partial<CorrespondenceRequest> = {}): CorrespondenceRequest => ({
  model: file('small.onnx'),
  images,
  parts: ['eye', 'nose'],
  size: 8,
  draws: 3,
  seed: 1,
  ...more,
});

async function compare(asked: CorrespondenceRequest) {
  let plan: CorrespondencePlan | undefined;
  const steps: CorrespondenceStep[] = [];
  await service.handlers.correspondence(
    asked,
    context((value) => {
      if (value.kind === 'plan') plan = value.plan;
      else steps.push(value.step);
    }),
  );
  return { plan: plan!, steps };
}

describe('a comparison of parts', () => {
  it('hides the parts in their order, then draws the control, at every layer', async () => {
    const { plan, steps } = await compare(request());
    expect(plan).toMatchObject({
      layers: ['conv1', 'conv2', 'conv3', 'fc4'],
      images: ['a.png', 'b.png', 'c.png'],
      steps: 5,
      notes: [],
    });
    expect(steps.map(({ part }) => part)).toEqual(['eye', 'nose', null, null, null]);
    // Three pairs of pictures.
    for (const { distances } of steps) expect(distances.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  });

  it.each([1, 3])('goes on after %i steps, also with more draws than before', async (count) => {
    const whole = await compare(request());
    const rest = await compare(request({ draws: 4, known: { key: whole.plan.key, count } }));
    expect(rest.plan.taken).toBe(count);
    expect(rest.steps).toHaveLength(6 - count);
    expect(rest.steps.slice(0, 5 - count)).toEqual(whole.steps.slice(count));
  });

  it('leaves pictures out that lack a part or have it at the border, and says so', async () => {
    const two: readonly AnnotatedPicture[] = [
      { image: file('a.png'), parts: { eye: [25, 20] } },
      { image: file('b.png'), parts: { eye: [20, 30], nose: [40, 3] } },
    ];
    const { plan } = await compare(request({ images: [...images.slice(1), ...two] }));
    expect(plan.images).toEqual(['b.png', 'c.png']);
    expect(plan.notes).toEqual([
      'Left out: a.png has no nose.',
      'Left out: the square over nose reaches beyond what the network sees of b.png.',
    ]);
  });

  it.each([
    ['a single picture', { images: images.slice(0, 1) }, 'too-few-images'],
    ['squares that fit nowhere', { size: 40 }, 'too-few-images'],
    ['a layer that is not there', { layers: ['conv9'] }, 'unknown-layer'],
    [
      'a picture that is none',
      { images: [...images, { image: file('small.onnx'), parts: images[0]!.parts }] },
      'not-an-image',
    ],
  ])('refuses %s with a sentence', async (_, wrong, code) => {
    await expect(compare(request(wrong))).rejects.toMatchObject({ code });
  });
});

describe.skipIf(!hasShared)('SqueezeNet on dogs', () => {
  const layers = ['fire4/relu_squeeze1x1', 'fire9/relu_expand3x3'];
  const part = 'nose';
  const model = shared('models/squeezenet1.1.onnx');
  const dogs = hasShared ? annotatedDogs().slice(0, 4) : [];

  /** The picture as the network takes it, blue first, minus the means; with a place, a grey square of 32 around it. */
  async function inputOf(image: string, place?: readonly [number, number]): Promise<Float32Array> {
    const [side, resize] = [227, 259];
    const { rgba } = await readImage(image, { resize, crop: [side, side] });
    const { width, height } = await sharp(image).metadata();
    const corner = [width, height].map((length, axis) => {
      const resized = Math.floor((length * resize) / Math.min(width, height));
      const centre = place && ((place[axis]! + 0.5) * resized) / length - Math.floor((resized - side) / 2);
      return centre === undefined ? Infinity : Math.round(centre - 16);
    });
    const [left, top] = corner as [number, number];
    const input = new Float32Array(3 * side * side);
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const hidden = y >= top && y < top + 32 && x >= left && x < left + 32;
          const value = hidden ? 128 : rgba[4 * (y * side + x) + 2 - channel]!;
          input[(channel * side + y) * side + x] = value - [104, 117, 123][channel]!;
        }
      }
    }
    return input;
  }

  it('measures what plain loops measure on features of single forward passes', async () => {
    const { graph } = decodeOnnx(readFileSync(model));
    const outputs = layers.map((name) => ({ name, type: 'float32' as const, shape: null }));
    const bytes = encodeOnnx({ ...graph, outputs });
    const features = async (image: string, place?: readonly [number, number]) =>
      runOnnx(bytes, { data: { dims: [1, 3, 227, 227], data: await inputOf(image, place) } });
    const clean = await Promise.all(dogs.map(({ image }) => features(image)));
    const masked = await Promise.all(dogs.map(({ image, parts }) => features(image, parts[part])));
    const labels = ['fire4/squeeze1x1', 'fire9/expand3x3'];
    const { steps } = await compare({ model, images: dogs, parts: [part], layers: labels, size: 32, draws: 0, seed: 1 }); // prettier-ignore
    for (const [index, { parts }] of summariseDeltas(steps, labels).entries()) {
      const of = (passes: typeof clean) => passes.map((pass) => pass[layers[index]!]!.data);
      const expected = naiveDelta(of(clean), of(masked));
      expect(expected).toBeGreaterThan(0.01);
      // Rounding may decide a few signs of values that hardly change.
      expect(Math.abs(parts[0]!.mean - expected)).toBeLessThan(1e-3);
    }
  });
});

function annotatedDogs(): AnnotatedPicture[] {
  const text = readFileSync(shared('data/dogs/annotations.json'), 'utf8');
  return parseParts(text, 'annotations.json').images.map(({ file: name, parts }) => ({
    image: shared(`data/dogs/${name}`),
    parts: Object.fromEntries(parts),
  }));
}
