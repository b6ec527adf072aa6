import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { openNetwork } from '../../../src/core/network';
import { recordGraph } from '../../support/recording';
import {
  differenceToTorch,
  readTorchProjections,
  tensorsOfUnits,
  type TorchUnit,
} from '../../support/torchUnits';

/** Small exports of `make.py` there; `npm run conformance` makes and compares all. */
const folder = path.join(import.meta.dirname, '../../golden/torchvision');
const files = readdirSync(folder).filter((file) => file.endsWith('.onnx'));

interface Golden {
  /** A word of the reason, where the architecture cannot be projected. */
  readonly refused: string | null;
  readonly units: readonly TorchUnit[];
}

describe.each(files)('%s', (file) => {
  const name = file.replace(/(-kept)?\.onnx$/, '');
  const { graph, diagnostics } = decodeOnnx(readFileSync(path.join(folder, file)), { file });
  const golden = JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Golden;
  const projections = readTorchProjections(folder, name, golden.units);
  const network = openNetwork(graph);
  const last = network.classifier?.logits ?? network.layers.at(-1)!.tensor;

  it('is understood completely', () => {
    expect(diagnostics).toEqual([]);
    expect(network.unmeasured).toEqual([]);
    expect([...network.resolved.problems.values()]).toEqual([]);
  });

  it(`is ${golden.refused === null ? 'projected' : 'refused with the reason'}`, () => {
    const { status, nodes } = faithfulness(network, last);
    expect(status === 'refused').toBe(golden.refused !== null);
    if (golden.refused !== null) expect(nodes[0]!.reason).toContain(golden.refused);
  });

  it('has the same units and pictures as in PyTorch', async () => {
    const recording = await recordGraph(graph, {
      image: projections.image,
      also: tensorsOfUnits(network, projections),
    });
    for (const unit of projections.units) {
      const { activation, picture } = await differenceToTorch(recording, unit);
      expect(activation, unit.layer).toBeLessThan(1e-4);
      expect(picture, unit.layer).toBeLessThan(1e-4);
    }
  });
});
