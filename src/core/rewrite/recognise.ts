import { recogniseActivations } from './activations';
import { channelsFirst, type ChannelsFirst } from './channelsFirst';
import type { Graph } from '../graph/graph';

/**
 * The graph as it is looked at: activation functions that exporters spell out are one node each, feature maps come before their
 * positions. Tensors keep their names; the graph that runs keeps its spelling.
 */
export function recognise(graph: Graph): ChannelsFirst {
  return channelsFirst(recogniseActivations(graph));
}
