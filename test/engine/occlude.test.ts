import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { coveredPicture, type Fill } from '../../src/core/experiments/occlusion/fill';
import { plainOccluder } from '../../src/core/experiments/occlusion/occlude';
import { sweepGrid, windowAt, windowSpans } from '../../src/core/experiments/occlusion/windows';
import { scoresTensor } from '../../src/core/experiments/probabilities';
import { topConvolution } from '../../src/core/experiments/topConvolution';
import { encodeOnnx } from '../../src/core/formats/onnx/encode';
import type { Box } from '../../src/core/graph/box';
import type { Graph } from '../../src/core/graph/graph';
import { asPicture, preprocess } from '../../src/core/imaging/preprocess';
import type { Preprocessing } from '../../src/core/imaging/preprocessing';
import { planLocally } from '../../src/core/locality/stages';
import { openOccluder } from '../../src/engine/experiments/openOccluder';
import { readImage } from '../../src/engine/images';
import type { OcclusionCells, OcclusionPlan, OcclusionRequest } from '../../src/protocol/occlusion';
import { featureNet } from '../support/featureNet';
import { graphBuilder } from '../support/graphBuilder';
import { relativeDifference } from '../support/recording';
import { runOnnx } from '../support/runOnnx';
import { smallNet } from '../support/smallNet';
import { context, hasShared, newService, shared, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const file = (name: string): string => path.join(folder, name);
const service = newService();

beforeAll(async () => {
  writeModel(file('small.onnx'), smallNet());
  writeModel(file('wide.onnx'), wideNet());
  writeModel(file('features.onnx'), featureNet());
  await writePicture(file('waves.png'));
});

/** Pictures of 20 x 34, a class from the mean of each map. */
function wideNet(): Graph {
  const g = graphBuilder({ input: [1, 3, 20, 34], seed: 3 });
  let x = g.relu(g.conv(g.input, { name: 'conv1', out: 6, kernel: 3, pad: 1 }));
  x = g.maxPool(x, { kernel: 2, stride: 2 });
  x = g.relu(g.conv(x, { name: 'conv2', out: 5, kernel: 3, pad: 1 }));
  return g.build({ outputs: [g.flatten(g.globalAveragePool(x))] });
}

interface Swept {
  readonly plan: OcclusionPlan;
  readonly batches: readonly OcclusionCells[];
  readonly activity: ReadonlyMap<number, number>;
  readonly probability: ReadonlyMap<number, number>;
  readonly label: ReadonlyMap<number, number>;
}

const request = (model: string, rest: Partial<OcclusionRequest> = {}): OcclusionRequest => ({
  model: file(model),
  image: file('waves.png'),
  size: [12, 12],
  stride: [8, 8],
  fill: [128, 128, 128],
  ...rest,
});

async function sweep(asked: OcclusionRequest): Promise<Swept> {
  let plan: OcclusionPlan | undefined;
  const batches: OcclusionCells[] = [];
  await service.handlers.occlude(
    asked,
    context((value) => {
      if (value.kind === 'plan') plan = value.plan;
      else batches.push(value.cells);
    }),
  );
  const collect = (values: (cells: OcclusionCells) => ArrayLike<number>, step = 1) =>
    new Map(
      batches.flatMap((cells) => [...cells.windows].map((w, i) => [w, values(cells)[i * step]!] as const)),
    );
  return {
    plan: plan!,
    batches,
    activity: collect(({ activity }) => activity, plan!.maps.length),
    probability: collect(({ probability }) => probability),
    label: collect(({ label }) => label),
  };
}

interface Naive {
  readonly activity: number;
  readonly probability: number;
  readonly label: number;
}

/**
 * The sweep as the paper tells it: one picture after another with a square painted on it, prepared and run alone. `paint`
 * gives the colour of a hidden pixel.
 */
async function naiveSweep(
  graph: Graph,
  preprocessing: Preprocessing,
  {
    size,
    stride,
    maps,
    label,
  }: {
    size: readonly number[];
    stride: readonly number[];
    maps: { tensor: string; map: number };
    label: number;
  },
  paint: readonly number[],
): Promise<Naive[]> {
  const picture = await readImage(file('waves.png'), preprocessing);
  const [output] = graph.outputs;
  const shown = {
    ...graph,
    outputs: [output!, { name: maps.tensor, type: 'float32', shape: null } as const],
  };
  const found: Naive[] = [];
  for (let top = 0; ; top += stride[0]!) {
    for (let left = 0; ; left += stride[1]!) {
      const rgba = picture.rgba.slice();
      for (let y = top; y < Math.min(top + size[0]!, picture.height); y++)
        for (let x = left; x < Math.min(left + size[1]!, picture.width); x++)
          for (let c = 0; c < 3; c++) rgba[4 * (y * picture.width + x) + c] = paint[c]!;
      const input = preprocess({ ...picture, rgba }, preprocessing);
      const results = await runOnnx(encodeOnnx(shown), { input: { dims: input.dims, data: input.data } });
      const scores = Array.from(results[output!.name]!.data, Number);
      const isScore = Math.abs(scores.reduce((a, b) => a + b, 0) - 1) > 1e-4;
      const powers = scores.map((score) => (isScore ? Math.exp(score) : score));
      const total = powers.reduce((a, b) => a + b, 0);
      const features = results[maps.tensor]!;
      const plane = features.dims[2]! * features.dims[3]!;
      let activity = 0;
      for (let i = 0; i < plane; i++) activity += Number(features.data[maps.map * plane + i]);
      found.push({
        activity,
        probability: powers[label]! / total,
        label: scores.indexOf(Math.max(...scores)),
      });
      if (left + size[1]! >= picture.width) break;
    }
    if (top + size[0]! >= picture.height) return found;
  }
}

describe('an occlusion sweep', () => {
  it.each([
    [
      'a square that meets the border',
      'small.onnx',
      smallNet(),
      { size: [12, 12], stride: [8, 8] },
      'relu3_output_0',
    ],
    ['clipped windows', 'small.onnx', smallNet(), { size: [13, 10], stride: [9, 7] }, 'relu2_output_0'],
    [
      'a picture that is not square',
      'wide.onnx',
      wideNet(),
      { size: [9, 9], stride: [6, 6] },
      'conv1_output_0',
    ],
  ] as const)('measures what a naive loop measures: %s', async (_, model, graph, settings, tensor) => {
    const label = 1;
    const swept = await sweep(request(model, { ...settings, maps: [{ layer: tensor, map: 2 }], label }));
    const { preprocessing } = await service.handlers.openModel({ model: file(model) }, context());
    const naive = await naiveSweep(
      graph,
      preprocessing,
      { ...settings, maps: { tensor, map: 2 }, label },
      [128, 128, 128],
    );
    expect(swept.plan.grid.rows * swept.plan.grid.columns).toBe(naive.length);
    const largest = Math.max(...naive.map(({ activity }) => Math.abs(activity)));
    naive.forEach((cell, window) => {
      expect(Math.abs(swept.activity.get(window)! - cell.activity) / largest).toBeLessThan(1e-5);
      expect(Math.abs(swept.probability.get(window)! - cell.probability)).toBeLessThan(1e-5);
      expect(swept.label.get(window)).toBe(cell.label);
    });
  });

  it('watches the strongest map of the top convolution and the most probable class where nothing is chosen', async () => {
    const { plan } = await sweep(request('small.onnx'));
    const recording = await service.handlers.record(
      { model: file('small.onnx'), image: file('waves.png') },
      context(),
    );
    const { maxima } = recording.layers.find(({ label }) => label === 'conv3')!;
    expect(plan.maps).toEqual([{ layer: 'conv3', map: maxima.indexOf(Math.max(...maxima)) }]);
    expect(plan.label).toBe(recording.top[0]!.index);
    expect(plan.clean.probability[0]).toBeCloseTo(recording.top[0]!.probability, 5);
    expect(plan.clean.label[0]).toBe(recording.top[0]!.index);
  });

  it('goes on where an interrupted sweep was, and starts anew for another picture or square', async () => {
    const whole = await sweep(request('small.onnx'));
    const [first] = (await sweep(request('small.onnx'))).batches;
    const known = { key: whole.plan.key, windows: first!.windows };
    const rest = await sweep(request('small.onnx', { known }));
    expect(rest.plan.taken).toBe(first!.windows.length);
    const windows = rest.batches.flatMap((cells) => [...cells.windows]);
    expect(windows.length).toBe(whole.probability.size - first!.windows.length);
    expect(windows.filter((window) => first!.windows.includes(window))).toEqual([]);
    const other = await sweep(request('small.onnx', { known, size: [10, 10] }));
    expect(other.plan.taken).toBe(0);
    expect(other.probability.size).toBe(other.plan.grid.rows * other.plan.grid.columns);
  });

  it('stops between batches when it is cancelled', async () => {
    const controller = new AbortController();
    let cells = 0;
    const progress = async ({ kind }: { readonly kind: string }) => {
      if (kind === 'cells') cells++;
      if (cells === 1) controller.abort();
    };
    const asked = request('small.onnx', { stride: [2, 2] });
    await expect(service.handlers.occlude(asked, { signal: controller.signal, progress })).rejects.toThrow();
    expect(cells).toBe(1);
  });

  it('measures activities of a model without a classifier, and says that there is no more', async () => {
    const { plan, activity, probability } = await sweep(
      request('features.onnx', { size: [5, 5], stride: [5, 5] }),
    );
    expect(plan.label).toBeNull();
    expect(plan.notes).toEqual([expect.stringContaining('no classifier')]);
    expect(activity.size).toBe(16);
    expect([...probability.values()].every((value) => value === undefined)).toBe(true);
  });

  it.each([
    ['a square larger than the picture', { size: [60, 60] }, 'invalid-occlusion'],
    ['a stride of 0', { stride: [0, 0] }, 'invalid-occlusion'],
    ['a layer that is not there', { maps: [{ layer: 'conv9', map: 0 }] }, 'unknown-layer'],
    ['a map that is not there', { maps: [{ layer: 'conv3', map: 20 }] }, 'no-such-unit'],
    ['a class that is not there', { label: 4 }, 'unknown-label'],
  ] as const)('refuses %s with a sentence', async (_, wrong, code) => {
    await expect(sweep(request('small.onnx', wrong))).rejects.toMatchObject({ code });
  });

  it.each<Fill>(['image-mean', 'dataset-mean', 'blur', [255, 0, 0]])('fills with %s', async (fill) => {
    const { plan, activity } = await sweep(request('small.onnx', { fill, size: [24, 24], stride: [24, 24] }));
    expect(activity.size).toBe(4);
    expect(plan.covered.rgba.length).toBe(48 * 48 * 4);
  });
});

describe('computing only what a square changes', () => {
  const cat = path.resolve(import.meta.dirname, '../../media/samples/cat.jpg');

  /** What a sweep measures at eight of its windows, from the first to the last, by local stages and by whole passes. */
  async function compare(model: string): Promise<void> {
    const { stages, local, whole } = await service.models.use(model, async (open) => {
      const { input } = await service.recordings.of({ model, image: cat }, context());
      const { network, forwards, summary } = open;
      const { preprocessing } = summary;
      const [, , height, width] = network.input.dims;
      const grid = sweepGrid({ height, width }, { size: [32, 32], stride: [8, 8] });
      const fill = { preprocessing, size: grid.size };
      const covered = preprocess(coveredPicture(asPicture(input, preprocessing), [128, 128, 128], fill), preprocessing); // prettier-ignore
      const swept = {
        tensors: [topConvolution(network)!.tensor, scoresTensor(network.classifier!)],
        input: { clean: input, covered },
      };
      const last = grid.rows * grid.columns - 1;
      const windows = Array.from({ length: 8 }, (_, i) => windowAt(grid, Math.round((i / 7) * last)));
      const { occluder } = await openOccluder(open, grid, swept);
      const plain = plainOccluder(await forwards.open(swept), swept.input);
      return {
        stages: planLocally(network, swept.tensors, windowSpans(grid))!.stages.length,
        local: await occluder.run(windows),
        whole: await plain.run(windows),
      };
    });
    expect(stages).toBeGreaterThan(1);
    for (const [name, values] of whole)
      expect(relativeDifference(local.get(name)!, values)).toBeLessThan(1e-5);
  }

  it('gives what whole passes give in the bundled ZFNet', () =>
    compare(path.resolve(import.meta.dirname, '../../media/zfnet/zfnet.onnx')));

  it.skipIf(!hasShared).each(['googlenet', 'squeezenet1.1'])('gives what whole passes give in %s', (name) =>
    compare(shared(`models/${name}.onnx`)),
  );
});

/** Where the cat's head is in the network's picture, ears included. */
const head = { top: 20, left: 48, bottom: 150, right: 190 };

function shareOnHead({ top, left, height, width }: Box): number {
  const rows = Math.min(top + height, head.bottom) - Math.max(top, head.top);
  const columns = Math.min(left + width, head.right) - Math.max(left, head.left);
  return (Math.max(0, rows) * Math.max(0, columns)) / (height * width);
}

describe.skipIf(!hasShared)('GoogLeNet on a photograph of a cat', () => {
  it('loses the cat where the cat is hidden', async () => {
    const { plan, probability } = await sweep({
      ...request(''),
      model: shared('models/googlenet.onnx'),
      image: shared('data/images/coral_cat_720p.jpg'),
      size: [56, 56],
      stride: [42, 42],
    });
    expect(plan.labels[plan.label!]).toContain('cat');
    const clean = plan.clean.probability[0]!;
    const ranked = [...probability].sort(([, a], [, b]) => a - b);
    for (const [window, hidden] of ranked.slice(0, 3)) {
      expect(hidden).toBeLessThan(0.9 * clean);
      expect(shareOnHead(windowAt(plan.grid, window))).toBeGreaterThan(0.5);
    }
    const beside = ranked.filter(([window]) => shareOnHead(windowAt(plan.grid, window)) === 0);
    expect(beside.length).toBeGreaterThan(3);
    for (const [, hidden] of beside) expect(hidden).toBeGreaterThan(0.95 * clean);
  }, 60_000);
});
