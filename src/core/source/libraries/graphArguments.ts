import type { LayerArguments } from '../definition';
import type { BuiltLayer } from './layerSpec';

/** The arguments of the layers that one of the library's is in a graph, in the order in which they run: of most just its own. */
export function graphArguments({ spec, arguments: own }: BuiltLayer): readonly LayerArguments[] {
  if (!spec.separable) return [own];
  const { outChannels, ...depthwise } = own;
  const across = { kernel: [1, 1], stride: [1, 1] } as const;
  return [depthwise, outChannels === undefined ? across : { outChannels, ...across }];
}
