import { describe, expect, it } from 'vitest';
import { traitsOf } from '../../../src/core/graph/layerTraits';
import { openNetwork } from '../../../src/core/network';
import { graphBuilder } from '../../support/graphBuilder';

describe('traits of a layer', () => {
  it('are the numbers that its line of code has', () => {
    const g = graphBuilder({ input: [1, 3, 33, 33] });
    const first = g.relu(
      g.conv(g.input, { out: 8, kernel: [7, 5], stride: 2, pad: 1, dilation: [1, 2], name: 'first' }),
    );
    const grouped = g.relu(
      g.conv(first, { out: 12, kernel: 3, pad: [0, 0, 1, 1], groups: 4, name: 'grouped' }),
    );
    const scores = g.gemm(g.flatten(grouped), { out: 10, name: 'scores' });
    const network = openNetwork(g.build({ outputs: [scores] }));
    const traits = network.layers.map((layer) => traitsOf(layer, network.resolved));
    expect(traits).toMatchObject([
      {
        kind: 'convolution',
        inChannels: 3,
        outChannels: 8,
        kernel: [7, 5],
        stride: [2, 2],
        dilation: [1, 2],
        padding: [1, 1],
      },
      { kind: 'convolution', inChannels: 8, outChannels: 12, kernel: [3, 3], padding: null, groups: 4 },
      { kind: 'dense', outChannels: 10, kernel: [1, 1] },
    ]);
    expect(traits[0]?.names).toEqual(['first', 'first.weight']);
  });

  it('have the names of weights also where the graph gives them another shape first', () => {
    const g = graphBuilder({ input: [1, 3, 9, 9] });
    const view = g.reshape(g.weight('self.weight', [8, 27]), [8, 3, 3, 3], { name: 'view' });
    const maps = g.node('Conv', [g.input, view], { name: 'first', dims: [1, 8, 7, 7] });
    const { layers, resolved } = openNetwork(g.build({ outputs: [maps] }));
    expect(traitsOf(layers[0]!, resolved)).toMatchObject({
      names: ['first', 'view_output_0', 'self.weight'],
      kernel: [3, 3],
    });
  });
});
