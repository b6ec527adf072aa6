import { setBackend } from '@tensorflow/tfjs-core';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PNG } from 'pngjs';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { evolutionToFiles } from '../../src/cli/evolution';
import { compareCheckpoints } from '../../src/engine/evolution/compareCheckpoints';
import type {
  Convergence,
  EvolutionCell,
  EvolutionPlan,
  EvolutionProgress,
} from '../../src/protocol/evolution';
import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder, ints } from '../support/graphBuilder';
import { smallNet } from '../support/smallNet';
import { classifier, saved, writeTfjs } from '../support/tfjsModels';
import { newService, temporaryFolder, writeModel, writePicture } from './support';

const folder = temporaryFolder();
const media = path.resolve(import.meta.dirname, '../../media');
const service = newService();
const { signal } = new AbortController();
const pictures = ['astronaut.jpg', 'cat.jpg', 'coffee.jpg', 'rocket.jpg'];

beforeAll(async () => {
  mkdirSync(path.join(folder, 'pictures'));
  for (const name of pictures)
    copyFileSync(path.join(media, 'samples', name), path.join(folder, 'pictures', name));
  for (const [run, files] of Object.entries({ one: ['e1'], two: ['e1', 'e2'] })) {
    mkdirSync(path.join(folder, run));
    files.forEach((name, i) =>
      writeModel(
        path.join(folder, run, `${name}.onnx`),
        smallNet({ classes: run === 'two' && i === 1 ? 5 : 4 }),
      ),
    );
  }
  await writePicture(path.join(folder, 'pictures', 'waves.png'));
});

const request = (models: string, maps = 2) => ({
  models,
  images: path.join(folder, 'pictures'),
  maps,
  seed: 0,
});

/** One filter that answers to light pictures most, or to dark ones. */
function brightnessNet(sign: 1 | -1): Graph {
  const g = graphBuilder({ input: [1, 3, 24, 24] });
  const weights = g.weight('conv.weight', [1, 3, 3, 3], { mean: sign, std: 0 });
  const bias = g.weight('conv.bias', [1], { mean: 1e4, std: 0 });
  const attributes = { kernel_shape: ints(3, 3) };
  const conv = g.node('Conv', [g.input, weights, bias], { name: 'conv', attributes, dims: [1, 1, 22, 22] });
  return g.build({ outputs: [g.relu(conv)] });
}

/** What one checkpoint shows by the definition: every picture alone, the strongest of all. */
async function naiveCell(model: string, layer: string, map: number) {
  let best = { activation: 0, image: null as string | null };
  for (const image of [...pictures, 'waves.png']) {
    const recorded = await service.recordings.of(
      { model, image: path.join(folder, 'pictures', image) },
      { signal },
    );
    const { maxima } = recorded.layers.find(({ label }) => label === layer)!;
    if (maxima[map]! > best.activation) best = { activation: maxima[map]!, image };
  }
  return best;
}

describe('the checkpoints of the bundled ZFNet', () => {
  const models = path.join(media, 'zfnet/checkpoints');
  let plan: EvolutionPlan;
  const cells: EvolutionCell[] = [];
  let curves: readonly Convergence[];

  beforeAll(async () => {
    const comparing = compareCheckpoints(service, request(models), signal);
    let step = await comparing.next();
    for (; !step.done; step = await comparing.next()) {
      if (step.value.kind === 'plan') plan = step.value.plan;
      else cells.push(...step.value.cells);
    }
    curves = step.value;
  }, 60_000);

  it('are in the order of training, and every map is there at every epoch', () => {
    expect(plan.checkpoints.map(({ epoch }) => epoch)).toEqual([1, 2, 5, 10, 20, 30, 40, 64]);
    expect(plan.layers.map(({ label }) => label)).toEqual(['conv1', 'conv2', 'conv3', 'conv4', 'conv5']);
    expect(cells).toHaveLength(8 * 5 * 2);
  });

  it('show the strongest activation over all pictures', async () => {
    for (const cell of cells.filter(({ checkpoint }) => checkpoint === 2 || checkpoint === 7)) {
      const { activation, image } = await naiveCell(
        plan.checkpoints[cell.checkpoint]!.file,
        cell.layer,
        cell.map,
      );
      expect(cell.image).toBe(image);
      expect(Math.abs((cell.unit?.activation ?? 0) - activation)).toBeLessThanOrEqual(1e-5 * activation);
    }
  }, 30_000);

  it('come ever closer to the last one, lower layers first', () => {
    for (const { filters, projections } of curves) {
      expect(filters).toEqual([...filters].sort((a, b) => a - b));
      expect(filters.at(-1)).toBeCloseTo(1, 6);
      expect(projections.at(-1)).toBeLessThanOrEqual(1 + 1e-6);
      expect(projections.at(-1)).toBeGreaterThan(0.49);
    }
    const afterTen = curves.map(({ filters }) => filters[3]!);
    expect(afterTen[0]).toBeGreaterThan(afterTen[2]!);
    expect(afterTen[2]).toBeGreaterThan(afterTen[4]!);
  });
});

describe('checkpoints of TensorFlow.js, a folder each', () => {
  const run = path.join(folder, 'web');

  beforeAll(async () => {
    await setBackend('cpu');
    const files = async (seed: number, declared?: Record<string, unknown>) => {
      const { model, shards } = await saved(classifier(seed));
      return { model: { ...model, userDefinedMetadata: declared }, shards };
    };
    writeTfjs(path.join(run, 'step-10'), await files(1));
    writeTfjs(path.join(run, 'step-2'), await files(2));
    writeTfjs(path.join(run, 'best'), await files(3, { epoch: 5, note: 'early' }));
    mkdirSync(path.join(run, 'logs'));
    writeFileSync(path.join(run, 'history-3.json'), '{}');
  });

  it('are compared by the epochs in their metadata and names', async () => {
    const comparing = compareCheckpoints(service, request(run), signal);
    const first = await comparing.next();
    const { plan } = first.value as Extract<EvolutionProgress, { kind: 'plan' }>;
    expect(plan.checkpoints.map(({ name, epoch }) => [name, epoch])).toEqual([
      ['step-2/model.json', 2],
      ['best/model.json', 5],
      ['step-10/model.json', 10],
    ]);
    let step = await comparing.next();
    for (; !step.done; step = await comparing.next()) {
      if (step.value.kind !== 'cells') continue;
      for (const { checkpoint, layer, map, image } of step.value.cells)
        expect(image).toBe((await naiveCell(plan.checkpoints[checkpoint]!.file, layer, map)).image);
    }
    expect(step.value.map(({ label }) => label)).toEqual(['conv1', 'conv2', 'scores']);
    for (const { filters } of step.value) expect(filters.at(-1)).toBeCloseTo(1, 6);
  });

  it('are written by the command line', async () => {
    const options = { ...request(run), layers: ['conv1'], contrast: 'tile' as const, out: path.join(folder, 'web-out') }; // prettier-ignore
    const { json } = await evolutionToFiles(options, { service, progress: () => undefined });
    expect(json).toMatchObject({ epochs: [2, 5, 10] });
  });
});

it('writes a sheet for each layer, features down and epochs across', async () => {
  const out = path.join(folder, 'out');
  const options = {
    ...request(path.join(media, 'zfnet/checkpoints'), 3),
    layers: ['conv1'],
    contrast: 'map' as const,
    out,
  };
  await evolutionToFiles(options, { service, progress: () => undefined });
  const { width, height } = PNG.sync.read(readFileSync(path.join(out, 'conv1.png')));
  // Tiles of 7 x 7 pixels, enlarged 14 times, two pixels between them.
  expect([height, width]).toEqual([3 * 100 - 2, 8 * 100 - 2]);
  const csv = readFileSync(path.join(out, 'convergence.csv'), 'utf8').trim().split('\n');
  expect(csv[0]).toBe('layer,epoch,filters,projections');
  expect(csv).toHaveLength(1 + 8);
});

describe('cells whose picture is another one than at the checkpoint before', () => {
  const run = path.join(folder, 'turning');
  const images = path.join(folder, 'shades');
  const out = path.join(folder, 'turning-out');

  beforeAll(async () => {
    mkdirSync(run);
    mkdirSync(images);
    for (const [epoch, sign] of [[1, -1], [2, -1], [3, 1]] as const) writeModel(path.join(run, `e${epoch}.onnx`), brightnessNet(sign)); // prettier-ignore
    for (const [name, value] of [['dark', 20], ['light', 230]] as const) await sharp(new Uint8Array(3 * 24 * 24).fill(value), { raw: { height: 24, width: 24, channels: 3 } }).toFile(path.join(images, `${name}.png`)); // prettier-ignore
    writeFileSync(path.join(images, 'broken.jpg'), 'no picture');
  });

  it('are framed in the sheet, they alone, and named in the result, with what could not be read', async () => {
    const options = { models: run, images, maps: 1, seed: 0, contrast: 'tile' as const, out };
    const { json, warnings } = await evolutionToFiles(options, { service, progress: () => undefined });
    const { units, problems } = json as { units: { image: string }[]; problems: { path: string }[] };
    // The last checkpoint is measured first.
    expect(units.map(({ image }) => image)).toEqual(['light.png', 'dark.png', 'dark.png']);
    expect(problems).toEqual([{ path: 'broken.jpg', problem: expect.stringContaining('broken.jpg') as string }]); // prettier-ignore
    expect(warnings.filter((warning) => warning.includes('broken.jpg'))).toHaveLength(1);
    const sheet = PNG.sync.read(readFileSync(path.join(out, 'conv.png')));
    const step = (sheet.width + 2) / 3;
    const corners = [0, 1, 2].map((column) => [
      ...sheet.data.subarray(4 * column * step, 4 * column * step + 3),
    ]);
    const frame = [255, 190, 0];
    expect(corners.map((corner) => corner.join() === frame.join())).toEqual([false, false, true]);
  });
});

it.each([
  ['one model', 'one', 'too-few-checkpoints'],
  ['no folder', 'none', 'too-few-checkpoints'],
  ['models of two networks', 'two', 'another-architecture'],
])('refuses %s', async (_, models, code) => {
  const comparing = compareCheckpoints(service, request(path.join(folder, models)), signal);
  await expect(comparing.next()).rejects.toMatchObject({ code });
});
