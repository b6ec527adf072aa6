import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNetwork } from '../../src/core/network';
import { decodeOnnx } from '../../src/core/formats/onnx/decode';
import { readNpy } from '../../src/core/formats/npy';
import { sizeOf, toFloat32 } from '../../src/core/tensor/tensor';
import { projectWhole, recordGraph, relativeDifference } from '../support/recording';

interface GoldenUnit {
  readonly tensor: string;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  readonly activation: number;
  readonly row: number;
}

const media = (file: string) => readFileSync(path.join(import.meta.dirname, '../../media/zfnet', file));

interface WholeTensor {
  readonly tensor: string;
  readonly size: number;
}

/** Arrays of `media/zfnet/recipe/golden.py`. */
const golden = (file: string) => readFileSync(path.join(import.meta.dirname, '../golden/zfnet', file));

describe('the bundled ZFNet', () => {
  const { graph } = decodeOnnx(media('zfnet.onnx'), { file: 'zfnet.onnx' });
  const { units, activations } = JSON.parse(golden('zfnet.json').toString()) as {
    units: readonly GoldenUnit[];
    activations: readonly WholeTensor[];
  };
  const input = readNpy(golden('zfnet.input.npy'));
  const projections = readNpy(golden('zfnet.projections.npy'));
  const size = sizeOf(projections.dims.slice(1));
  const recording = recordGraph(graph, {
    image: toFloat32(input),
    also: activations.map(({ tensor }) => tensor),
  });

  it('has the layers of figure 3 by name', () => {
    const { layers, classifier } = openNetwork(graph);
    expect(layers.map(({ label }) => label)).toEqual([
      ...['conv1', 'conv2', 'conv3', 'conv4', 'conv5'],
      ...['fc6', 'fc7', 'fc8'],
    ]);
    expect(classifier).toEqual({ logits: 'fc8', probabilities: 'softmax', classes: 101 });
  });

  it('computes every layer as PyTorch does', async () => {
    const expected = toFloat32(readNpy(golden('zfnet.activations.npy')));
    const { features } = await recording;
    let start = 0;
    for (const { tensor, size: length } of activations) {
      const values = expected.subarray(start, start + length);
      expect(relativeDifference(features.get(tensor)!, values)).toBeLessThan(1e-5);
      start += length;
    }
    expect(start).toBe(expected.length);
  });

  it.each(units)('projects map $map of $tensor as PyTorch does', async (unit) => {
    const [projection] = await projectWhole(await recording, unit.tensor, [{ map: unit.map }]);
    expect(projection!.position).toEqual(unit.position);
    expect(Math.abs(projection!.activation / unit.activation - 1)).toBeLessThan(1e-4);
    const expected = toFloat32(projections).subarray(unit.row * size, (unit.row + 1) * size);
    expect(relativeDifference(projection!.whole, expected)).toBeLessThan(1e-4);
  });
});
