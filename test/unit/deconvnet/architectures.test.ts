import { describe, expect, it } from 'vitest';
import { faithfulness } from '../../../src/core/deconvnet/faithfulness';
import { receptiveField } from '../../../src/core/deconvnet/receptiveField';
import { layerMaxima } from '../../../src/core/deconvnet/record';
import { architectures, graphOf } from '../../support/architectures/index';
import { naiveForward, naiveProjection } from '../../support/naiveNet';
import { projectWhole, recordGraph, relativeDifference } from '../../support/recording';

describe.each(architectures)('$name', (architecture) => {
  const graph = graphOf(architecture);
  const recording = recordGraph(graph);

  it('is understood completely, layer by layer', async () => {
    const { network } = await recording;
    expect([...network.resolved.problems.values()]).toEqual([]);
    expect(network.unmeasured).toEqual([]);
    for (const { tensor, label } of network.layers) {
      const { size } = receptiveField(network, tensor);
      expect(Math.min(...size), label).toBeGreaterThan(0);
      expect(faithfulness(network, tensor).status, label).not.toBe('refused');
    }
  });

  it('has active maps in every layer', async () => {
    const recorded = await recording;
    for (const { tensor, label } of recorded.network.layers)
      expect(Math.max(...layerMaxima(recorded, { tensor }).maxima), label).toBeGreaterThan(0);
  });

  it('projects as the naive network does: first, middle and last layer', async () => {
    const recorded = await recording;
    const { layers, resolved } = recorded.network;
    const naive = naiveForward(resolved.graph, recorded.input);
    for (const at of [0, Math.floor(layers.length / 2), layers.length - 1]) {
      const { tensor, label } = layers[at]!;
      const { maxima, positions } = layerMaxima(recorded, { tensor });
      const map = maxima.indexOf(Math.max(...maxima));
      const [projection] = await projectWhole(recorded, tensor, [{ map }]);
      const { height, width } = resolved.grids.get(tensor)!;
      const element = map * height * width + positions[map]!;
      const expected = naiveProjection(naive, { tensor, element });
      expect(relativeDifference(projection!.whole, expected.data), label).toBeLessThan(1e-4);
    }
  });
});
