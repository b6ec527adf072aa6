import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { receptiveField } from '../../../src/core/deconvnet/receptiveField';
import { layerMaxima, type Recording } from '../../../src/core/deconvnet/record';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import type { Graph } from '../../../src/core/graph/graph';
import type { Layer } from '../../../src/core/graph/layers';
import { cutGraph } from '../../../src/core/rewrite/cut';
import { openProducts } from '../../../src/engine/runtimes/products';
import { withLivelyMaps } from '../../support/livelyMaps';
import { naiveForward, naiveProjection } from '../../support/naiveNet';
import { projectWhole, recordGraph, relativeDifference, runtime } from '../../support/recording';
import { withSeededWeights } from '../../support/seededWeights';
import { sharedModels } from '../../support/sharedMaterial';

interface Published {
  readonly layers: number;
  /** Pixels that the last unit of the longest path sees, and between neighbours: size += (kernel - 1) · stride so far. */
  readonly field: readonly [size: number, stride: number];
  readonly label: string;
  /** What is computed of it; all where left out. */
  readonly until?: string;
  /** A picture small enough for plain loops, and a layer that they reach soon. */
  readonly small: readonly [pixels: number, layer: string];
}

const published: Readonly<Record<string, Published>> = {
  light_bvlc_alexnet: { layers: 8, field: [163, 16], label: 'conv5', small: [51, 'conv2'] },
  light_densenet121: { layers: 121, field: [2071, 32], label: 'conv5_16/x2', small: [32, 'conv2_3/x2'] },
  light_inception_v1: {
    layers: 58,
    field: [715, 32],
    label: 'inception_5b/5x5',
    small: [32, 'inception_3a/5x5'],
  },
  light_inception_v2: {
    layers: 70,
    field: [699, 32],
    label: 'inception_5b/double3x3b',
    small: [32, 'inception_3b/double3x3b'],
  },
  light_resnet50: {
    layers: 54,
    field: [427, 32],
    label: 'gpu_0/res5_2_branch2c',
    small: [32, 'gpu_0/res2_1_branch2c'],
  },
  light_shufflenet: {
    layers: 50,
    field: [527, 32],
    label: 'gpu_0/gconv3_15',
    small: [224, 'gpu_0/gconv3_0'],
  },
  light_squeezenet: {
    layers: 26,
    field: [207, 16],
    label: 'fire9/expand3x3',
    small: [48, 'fire5/expand3x3'],
  },
  // Its fully connected layers are AlexNet's, and half a gigabyte.
  light_vgg19: { layers: 16, field: [252, 16], label: 'conv5_4', until: 'r36', small: [12, 'conv3_2'] },
  light_zfnet512: { layers: 8, field: [139, 16], label: 'gpu_0/conv5', small: [51, 'gpu_0/conv2'] },
};

const products = openProducts(runtime);
const files = sharedModels('models/light').map((file) => [path.basename(file, '.onnx'), file] as const);

it.skipIf(files.length === 0)('all published graphs are tested', () => {
  expect(files.map(([name]) => name)).toEqual(Object.keys(published));
});

describe.each(files)('%s with seeded weights', (name, file) => {
  const { layers: count, field, label: deepest, until, small } = published[name]!;
  let graph: Graph;
  let recording: Recording;

  beforeAll(async () => {
    const whole = decodeOnnx(readFileSync(file), { file: name }).graph;
    const part = until === undefined ? whole : cutGraph(whole, { tensors: [until] }, [1, 3, 224, 224])!;
    graph = await withLivelyMaps(withSeededWeights(part));
    recording = await recordGraph(graph);
  }, 120_000);

  it('lists its layers with the receptive fields of the literature', () => {
    const { network } = recording;
    expect(network.layers).toHaveLength(count);
    const layer = network.layers.find(({ label }) => label === deepest)!;
    const { size, stride } = receptiveField(network, layer.tensor);
    expect([size, stride]).toEqual(field.map((length) => [length, length]));
  });

  it('has no dead map', () => {
    for (const layer of recording.network.layers) {
      const { maxima, inactive, broken } = layerMaxima(recording, layer);
      expect(broken, layer.label).toBe(false);
      const [, height = 1, width = 1] = layer.shape;
      // A fully connected unit has one value a picture, and half of them are negative.
      expect(inactive / maxima.length, layer.label).toBeLessThanOrEqual(height * width > 1 ? 0 : 0.6);
    }
  });

  it('projects exactly to pixels from its first, middle and last layer', async () => {
    for (const { label, tensor } of threeLayers(recording)) {
      expect(faithfulness(recording.network, tensor), label).toEqual({ status: 'exact', nodes: [] });
      const { projection } = await strongest(recording, tensor);
      expect(projection.activation, label).toBeGreaterThan(0);
      expect(projection.whole.some((value) => value !== 0), label).toBe(true); // prettier-ignore
    }
  });

  it('projects of a small picture what the naive network does', async () => {
    const [pixels, reached] = small;
    const { tensor } = recording.network.layers.find(({ label }) => label === reached)!;
    const part = cutGraph(graph, { tensors: [tensor] }, [1, 3, pixels, pixels])!;
    const recorded = await recordGraph(part);
    const naive = naiveForward(part, recorded.input);
    const { projection, element } = await strongest(recorded, tensor);
    const expected = naiveProjection(naive, { tensor, element });
    expect(relativeDifference(projection.whole, expected.data)).toBeLessThan(1e-4);
  });
});

function threeLayers({ network: { layers } }: Recording): readonly Layer[] {
  return [0, Math.floor(layers.length / 2), layers.length - 1].map((at) => layers[at]!);
}

/** The projection of the strongest unit of all maps, and where the unit is in its tensor. */
async function strongest(recording: Recording, tensor: string) {
  const { maxima, positions } = layerMaxima(recording, { tensor });
  const map = maxima.indexOf(Math.max(...maxima));
  const [projection] = await projectWhole(recording, tensor, [{ map }], { products: await products });
  const { height, width } = recording.network.resolved.grids.get(tensor)!;
  return { projection: projection!, element: map * height * width + positions[map]! };
}
