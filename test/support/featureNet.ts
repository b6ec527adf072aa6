import type { Graph } from '../../src/core/graph/graph';
import { graphBuilder } from './graphBuilder';

/** One convolution over 20x20 pictures, and no classifier behind it. */
export function featureNet(): Graph {
  const g = graphBuilder({ input: [1, 3, 20, 20], seed: 3 });
  return g.build({ outputs: [g.relu(g.conv(g.input, { name: 'conv1', out: 6, kernel: 3 }))] });
}
