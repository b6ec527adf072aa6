import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { summariseDeltas } from '../../src/core/experiments/correspondence/summary';
import { parseParts } from '../../src/core/formats/parts';
import type {
  AnnotatedPicture,
  CorrespondencePlan,
  CorrespondenceRequest,
  CorrespondenceStep,
} from '../../src/protocol/correspondence';
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

/** A part of table 1 with few draws. */
describe.skipIf(!hasShared)('SqueezeNet on dogs', () => {
  it('relates eyes and nose across dogs more than random places at a middle layer, but not at the last hidden one', async () => {
    const annotations = shared('data/dogs/annotations.json');
    const dogs = parseParts(readFileSync(annotations, 'utf8'), 'annotations.json').images;
    const { plan, steps } = await compare({
      model: shared('models/squeezenet1.1.onnx'),
      images: dogs.map(({ file: name, parts }) => ({
        image: shared(`data/dogs/${name}`),
        parts: Object.fromEntries(parts),
      })),
      parts: ['left_eye_viewer', 'right_eye_viewer', 'nose'],
      layers: ['fire4/squeeze1x1', 'fire9/expand3x3'],
      size: 32,
      draws: 4,
      seed: 1,
    });
    const [middle, last] = summariseDeltas(steps, plan.layers);
    for (const { mean } of middle!.parts) expect(mean).toBeLessThan(middle!.random!.mean);
    for (const { mean } of last!.parts) expect(mean).toBeGreaterThan(last!.random!.mean);
  });
});
