import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { tensorOf } from '../../../src/core/deconvnet/record';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { readNpy } from '../../../src/core/formats/npy';
import { openNetwork } from '../../../src/core/network';
import { sizeOf, toFloat32 } from '../../../src/core/tensor/tensor';
import { projectWhole, recordGraph, relativeDifference } from '../../support/recording';

interface TorchUnit {
  readonly layer: string;
  readonly map: number;
  readonly position: readonly [number, number];
  readonly activation: number;
}

/** Arrays and models of `test/golden/torch/make.py`. */
function golden(file: string): Buffer {
  return readFileSync(path.join(import.meta.dirname, '../../golden/torch', file));
}

/** Grouped convolutions with contrast normalisation; residual blocks with batch norm; branches and a channel shuffle. */
describe.each(['alex', 'res', 'inception'])('%s, exported and projected by PyTorch', (name) => {
  const { graph, diagnostics } = decodeOnnx(golden(`${name}.onnx`), { file: `${name}.onnx` });
  const units = JSON.parse(golden(`${name}.json`).toString()) as TorchUnit[];
  const rows = readNpy(golden(`${name}.npy`), `${name}.npy`);
  const size = sizeOf(rows.dims.slice(1));
  const row = (i: number) => toFloat32(rows).slice(i * size, (i + 1) * size);
  const network = openNetwork(graph);
  const tensors = [...new Set(units.map(({ layer }) => tensorOf(network, layer)))];
  const recording = recordGraph(graph, { image: row(0), also: tensors });

  it('is understood completely and exactly', () => {
    expect(diagnostics).toEqual([]);
    expect(network.unmeasured).toEqual([]);
    for (const tensor of tensors)
      expect(faithfulness(network, tensor)).toEqual({ status: 'exact', nodes: [] });
  });

  it.each(units.map((unit, i) => ({ ...unit, row: i + 1 })))(
    'has the same strongest unit and picture: $layer, map $map',
    async (unit) => {
      const tensor = tensorOf(network, unit.layer);
      const { features } = await recording;
      // A score near zero is a difference of large terms, whose rounding it carries: the seed is PyTorch's.
      const largest = features.get(tensor)!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const [projection] = await projectWhole(await recording, tensor, [
        { map: unit.map, seed: unit.activation },
      ]);
      expect(projection!.position).toEqual(unit.position);
      expect(Math.abs(projection!.activation - unit.activation)).toBeLessThan(1e-5 * largest);
      expect(relativeDifference(projection!.whole, row(unit.row))).toBeLessThan(1e-5);
    },
  );
});
