import { spelledActivation } from './activations';
import { channelsFirst, type ChannelsFirst } from './channelsFirst';
import { markGates } from './gates';
import { spelledNormalisation } from './normalisations';
import { respell } from './spelling';
import type { Graph } from '../graph/graph';

/**
 * The graph as it is looked at: activation functions and normalisations that exporters spell out are one node each, gates are marked,
 * feature maps come before their positions. Tensors keep their names; the graph that runs keeps its spelling.
 */
export function recognise(graph: Graph): ChannelsFirst {
  const respelled = respell(
    graph,
    (view, node) => spelledActivation(view, node) ?? spelledNormalisation(view, node),
  );
  return channelsFirst(markGates(respelled));
}
