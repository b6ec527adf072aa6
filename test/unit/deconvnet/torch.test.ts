import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { layerMaxima, tensorOf } from '../../../src/core/deconvnet/record';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { openNetwork } from '../../../src/core/network';
import { recordGraph } from '../../support/recording';
import {
  differenceToTorch,
  readTorchProjections,
  tensorsOfUnits,
  type TorchUnit,
} from '../../support/torchUnits';

/** Arrays and models of `make.py` there. */
const folder = path.join(import.meta.dirname, '../../golden/torch');
const golden = (file: string): Buffer => readFileSync(path.join(folder, file));

/** Grouped convolutions with contrast normalisation; residual blocks with batch norm; branches and a channel shuffle. */
describe.each(['alex', 'res', 'inception'])('%s, exported and projected by PyTorch', (name) => {
  const { graph, diagnostics } = decodeOnnx(golden(`${name}.onnx`), { file: `${name}.onnx` });
  const units = JSON.parse(golden(`${name}.json`).toString()) as TorchUnit[];
  const projections = readTorchProjections(folder, name, units);
  const network = openNetwork(graph);
  const tensors = tensorsOfUnits(network, projections);
  const recording = recordGraph(graph, { image: projections.image, also: tensors });

  it('is understood completely and exactly', () => {
    expect(diagnostics).toEqual([]);
    expect(network.unmeasured).toEqual([]);
    for (const tensor of tensors)
      expect(faithfulness(network, tensor)).toEqual({ status: 'exact', nodes: [] });
  });

  it.each(projections.units)('has the same strongest unit and picture: $layer, map $map', async (unit) => {
    const recorded = await recording;
    const tensor = tensorOf(network, unit.layer);
    const { width } = network.resolved.grids.get(tensor)!;
    const [y, x] = unit.position;
    expect(layerMaxima(recorded, { tensor }).positions[unit.map]).toBe(y * width + x);
    const { activation, picture } = await differenceToTorch(recorded, unit);
    expect(activation).toBeLessThan(1e-5);
    expect(picture).toBeLessThan(1e-5);
  });
});
