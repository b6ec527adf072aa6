import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InvariancePlan, InvariancePoint, InvarianceRequest } from '../../src/protocol/invariance';
import { featureNet } from '../support/featureNet';
import { smallNet } from '../support/smallNet';
import { context, hasShared, newService, shared, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();

beforeAll(async () => {
  writeModel(file('small.onnx'), smallNet());
  writeModel(file('features.onnx'), featureNet());
  await writePicture(file('waves.png'));
});

const request = (more: Partial<InvarianceRequest> = {}): InvarianceRequest => ({
  model: file('small.onnx'),
  image: file('waves.png'),
  kind: 'vertical',
  values: [-4, 0, 4, 8],
  fill: [128, 128, 128],
  ...more,
});

async function measure(asked: InvarianceRequest) {
  let plan: InvariancePlan | undefined;
  const points: InvariancePoint[] = [];
  await service.handlers.invariance(
    asked,
    context((value) => {
      if (value.kind === 'plan') plan = value.plan;
      else points.push(value.point);
    }),
  );
  return { plan: plan!, points };
}

describe('feature invariance of a picture', () => {
  it('compares the first and the last hidden layer, and follows the most probable class', async () => {
    const { plan, points } = await measure(request());
    const { top } = await service.handlers.record(request(), context());
    expect(plan).toMatchObject({ layers: ['conv1', 'conv3'], label: top[0]!.index, steps: 4, taken: 0 });
    expect(points.map(({ value }) => value)).toEqual([-4, 0, 4, 8]);
    const unmoved = points[1]!;
    expect(unmoved.distances.every((distance) => distance < 1e-4)).toBe(true);
    expect(unmoved.probability).toBeCloseTo(top[0]!.probability, 5);
    expect(points[2]!.distances.every((distance) => distance > 0.01)).toBe(true);
  });

  it('goes on where an interrupted run was, and starts anew for another fill', async () => {
    const whole = await measure(request());
    const known = { key: whole.plan.key, count: 3 };
    const rest = await measure(request({ known }));
    expect(rest.plan.taken).toBe(3);
    expect(rest.points).toEqual(whole.points.slice(3));
    expect((await measure(request({ known, fill: [0, 0, 0] }))).points).toHaveLength(4);
  });

  it('has distances without a classifier, and says that there are no probabilities', async () => {
    const { plan, points } = await measure(request({ model: file('features.onnx') }));
    expect(plan).toMatchObject({
      label: null,
      labels: [],
      notes: [expect.stringContaining('no classifier')],
    });
    expect(points[2]).toMatchObject({ probability: null, top: null });
    expect(points[2]!.distances[0]).toBeGreaterThan(0.01);
  });

  it('stops between batches when it is cancelled', async () => {
    const controller = new AbortController();
    let points = 0;
    const progress = async ({ kind }: { readonly kind: string }) => {
      if (kind === 'point' && ++points === 1) controller.abort();
    };
    const asked = request({ values: Array.from({ length: 200 }, (_, i) => i / 10) });
    await expect(
      service.handlers.invariance(asked, { signal: controller.signal, progress }),
    ).rejects.toThrow();
    expect(points).toBeLessThan(200);
  });

  it.each([
    ['no values', { values: [] }, 'invalid-transformation'],
    ['a picture shrunk to nothing', { kind: 'scale', values: [1, 0] }, 'invalid-transformation'],
    ['a value that is no number', { values: [Number.NaN] }, 'invalid-transformation'],
    ['a layer that is not there', { layers: ['conv9'] }, 'unknown-layer'],
    ['a class that is not there', { label: 4 }, 'unknown-label'],
  ] as const)('refuses %s with a sentence', async (_, wrong, code) => {
    await expect(measure(request(wrong))).rejects.toMatchObject({ code });
  });
});

const smallChanges = [
  { kind: 'vertical', range: [-60, -30, 30, 60], near: [-5, 5] },
  { kind: 'scale', range: [1.3, 1.8], near: [1.05] },
  { kind: 'rotation', range: [60, 120, 180, 270], near: [-5, 5] },
] as const;

/** Of each layer: the mean, over pictures, of the share of the largest distance that small changes already reach. */
async function shareNearZero(
  model: string,
  images: readonly string[],
  { kind, range, near }: (typeof smallChanges)[number],
): Promise<number[]> {
  const shares: number[][] = [];
  for (const image of images) {
    const { points } = await measure(request({ model, image, kind, values: [...near, ...range] }));
    const layers = points[0]!.distances.map((_, layer) => points.map(({ distances }) => distances[layer]!));
    shares.push(
      layers.map((distances) => {
        const first = distances.slice(0, near.length);
        return first.reduce((sum, distance) => sum + distance, 0) / near.length / Math.max(...distances);
      }),
    );
  }
  return shares[0]!.map((_, layer) => shares.reduce((sum, share) => sum + share[layer]!, 0) / shares.length);
}

/** Figure 5: "small transformations have a dramatic effect in the first layer, but a lesser impact at the top". */
function isSteeper([first, last]: readonly number[]): boolean {
  return first! > 1.2 * last!;
}

const media = path.resolve(import.meta.dirname, '../../media');
const samples = ['astronaut', 'cat', 'coffee', 'rocket'].map((name) =>
  path.join(media, `samples/${name}.jpg`),
);

describe('near zero the first layer is steeper than the last', () => {
  it.each(smallChanges)('in the bundled ZFNet: $kind', async (change) => {
    expect(await shareNearZero(path.join(media, 'zfnet/zfnet.onnx'), samples, change)).toSatisfy(isSteeper);
  });

  it.skipIf(!hasShared).each(smallChanges)('in GoogLeNet: $kind', async (change) => {
    const dogs = ['n02088364_beagle', 'n02110958_pug'].map((name) => shared(`data/dogs/${name}.JPEG`));
    expect(await shareNearZero(shared('models/googlenet.onnx'), dogs, change)).toSatisfy(isSteeper);
  });
});
