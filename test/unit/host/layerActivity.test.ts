import { describe, expect, it } from 'vitest';
import { layerActivities } from '../../../src/host/source/layerActivity';
import type { ProjectedUnit, ProjectRequest, RecordingSummary } from '../../../src/protocol/model';
import { projectedUnit, settle } from '../../webview/support';

const model = { path: '/m/net.onnx', hash: 'a' };
const subject = { model: model.path, image: '/p/cat.png' };

/** The engine's side: pictures come back as the numbers of their pixels. */
function setUp() {
  const encoded: { readonly width: number; readonly height: number }[] = [];
  const activity = layerActivities({
    call: async (method, params) => {
      expect(method).toBe('encodeSmall');
      const { picture } = params as { readonly picture: { readonly height: number; readonly width: number } };
      encoded.push({ width: picture.width, height: picture.height });
      const file = { file: Uint8Array.of(encoded.length), type: 'image/png', ...encoded.at(-1)! };
      return { ok: true, value: file as never };
    },
  });
  return { activity, encoded };
}

function recording(maxima: readonly number[], { hash = model.hash } = {}): RecordingSummary {
  const layer = {
    label: 'conv2',
    maxima: Float32Array.from(maxima),
    positions: new Int32Array(maxima.length),
  };
  return {
    model: { hash },
    input: { height: 8, width: 8 },
    layers: [{ ...layer, inactive: maxima.filter((value) => value <= 0).length }],
  } as unknown as RecordingSummary;
}

const request = (maps: readonly number[], changes: Partial<ProjectRequest> = {}): ProjectRequest => ({
  ...subject,
  layer: 'conv2',
  units: maps.map((map) => ({ map })),
  method: 'deconvnet',
  ...changes,
});

/** The strength of a map is its number. */
const units = (maps: readonly number[]): ProjectedUnit[] =>
  maps.map((map, index) => ({ ...projectedUnit('conv2', map), index, activation: map }));

async function done(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await settle();
}

describe('what code shows of a panel', () => {
  it('is nothing before an image ran, and nothing of other weights', () => {
    const { activity } = setUp();
    expect(activity.get(model, 'conv2')).toBeUndefined();
    activity.recorded(subject, recording([1, 2]));
    expect(activity.get({ ...model, hash: 'b' }, 'conv2')).toBeUndefined();
    expect(activity.get(model, 'conv9')).toBeUndefined();
  });

  it('is how many maps are inactive, as soon as the image ran', () => {
    const { activity } = setUp();
    activity.recorded(subject, recording([0, 3, -1]));
    expect(activity.get(model, 'conv2')).toEqual({ image: subject.image, inactive: 2, projections: null });
  });

  it('is the nine strongest maps, strongest first, in one picture', async () => {
    const { activity, encoded } = setUp();
    const maps = [3, 1, 2, 4, 5, 6, 7, 8, 9, 10];
    activity.recorded(subject, recording(Array.from({ length: 11 }, (_, map) => map)));
    activity.projected(request(maps), units(maps));
    await done();
    const { projections } = activity.get(model, 'conv2')!;
    expect(projections?.maps).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2]);
    expect(projections?.sheet.file).toEqual(Uint8Array.of(1));
    // Tiles of 4 x 1 pixels, 24 times enlarged, five a row, with gaps of 2.
    expect(encoded).toEqual([{ width: 5 * 96 + 4 * 2, height: 2 * 24 + 2 }]);
  });

  it.each<[string, readonly number[], Partial<ProjectRequest>]>([
    ['maps that are not the strongest', [0, 1], {}],
    ['another method', [2, 1], { method: 'gradient' }],
    ['another image', [2, 1], { image: '/p/dog.png' }],
    ['units that the user pointed at', [2], { units: [{ map: 2, position: [0, 0] }] }],
    ['switches with another seed', [2], { units: [{ map: 2, seed: 1 }] }],
  ])('is not changed by %s', async (_, maps, changes) => {
    const { activity, encoded } = setUp();
    activity.recorded(subject, recording([0, 1, 2]));
    activity.projected(request(maps, changes), units(maps));
    await done();
    expect(activity.get(model, 'conv2')?.projections).toBeNull();
    expect(encoded).toEqual([]);
  });

  it('stays when the same image runs again, and goes when the picture or the weights changed', async () => {
    const { activity } = setUp();
    const run = (maxima: readonly number[], hash = 'a') =>
      activity.recorded(subject, recording(maxima, { hash }));
    run([0, 1, 2]);
    activity.projected(request([2]), units([2]));
    await done();
    run([0, 1, 2]);
    expect(activity.get(model, 'conv2')?.projections?.maps).toEqual([2]);
    run([0, 1, 3]);
    expect(activity.get(model, 'conv2')?.projections).toBeNull();
    run([0, 1, 3], 'b');
    expect(activity.get(model, 'conv2')).toBeUndefined();
  });
});
