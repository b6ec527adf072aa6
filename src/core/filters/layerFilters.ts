import { denseFilters } from './denseFilters';
import type { OwnFilters } from './ownFilters';
import { convolutionOf } from '../ops/convolution';
import { mapGains } from '../ops/mapGains';
import { constantInput, outputDims, type Site } from '../ops/site';
import type { GraphNode } from '../graph/graph';
import type { Layer } from '../graph/layers';
import { siteOf } from '../graph/resolve';
import type { Network } from '../network';
import { toFloat32 } from '../tensor/tensor';

/**
 * The filters of a layer as they act: its weights times what batch norm and constants that directly follow multiply
 * each map with, and, where the layer reads the image, times what comes before it on the image. Shifts do not count.
 */
export interface LayerFilters extends OwnFilters {
  /** The nodes whose factors the weights contain, beside the layer's own. */
  readonly folded: readonly GraphNode[];
}

/** The filters of a layer. Throws a `UserError` for a kind of layer whose weights are no filters over its input. */
export function layerFilters(network: Network, layer: Layer): LayerFilters {
  const [node] = layer.nodes;
  const site = siteOf(network.resolved, node!);
  const own = node!.op === 'Conv' ? convolutionFilters(site) : denseFilters(network, site, layer.label);
  const { weights, folded } = withGainsBehind(network, layer, own);
  return withGainsBefore(network, node!, { ...own, weights, folded });
}

function convolutionFilters(site: Site): OwnFilters {
  const { window, groups, inputs, outputs } = convolutionOf(site);
  return {
    dims: [outputs, inputs / groups, window.y.kernel, window.x.kernel],
    weights: toFloat32(constantInput(site, 1)!),
    over: 'maps',
    kind: 'convolution',
    groups,
    stride: [window.y.stride, window.x.stride],
  };
}

function withGainsBehind(
  network: Network,
  { nodes }: Layer,
  own: OwnFilters,
): Pick<LayerFilters, 'weights' | 'folded'> {
  const [filters] = own.dims;
  const weights = own.weights.slice();
  const folded: GraphNode[] = [];
  for (const node of nodes.slice(1)) {
    const site = siteOf(network.resolved, node);
    const gains = outputDims(site)[1] === filters ? mapGains(site) : undefined;
    if (!gains) break;
    const size = weights.length / filters;
    for (let i = 0; i < weights.length; i++) weights[i]! *= gains[Math.floor(i / size)]!;
    if (gains.some((gain) => gain !== 1)) folded.push(node);
  }
  return { weights, folded };
}

/** Filters that read the image, through nothing but a scaling of its channels, are filters over its pixels. */
function withGainsBefore(network: Network, first: GraphNode, filters: LayerFilters): LayerFilters {
  const [, channels, height, width] = filters.dims;
  const { input } = network;
  if (filters.kind !== 'convolution' || filters.groups !== 1 || channels !== input.dims[1]) return filters;
  const weights = filters.weights.slice();
  const folded = [...filters.folded];
  let tensor = first.inputs[0]!;
  while (tensor !== input.name) {
    const before = scalingBefore(network, tensor);
    if (!before) return filters;
    for (let i = 0; i < weights.length; i++) {
      weights[i]! *= before.gains[Math.floor(i / (height * width)) % channels]!;
    }
    if (before.gains.some((gain) => gain !== 1)) folded.unshift(before.node);
    tensor = before.node.inputs.find((name) => name !== '' && !network.resolved.constants.has(name))!;
  }
  return { ...filters, weights, over: 'image', folded };
}

function scalingBefore(
  { producers, resolved }: Network,
  tensor: string,
): { readonly node: GraphNode; readonly gains: Float32Array } | undefined {
  const node = producers.get(tensor);
  const known = node?.inputs.every((name) => name === '' || resolved.shapes.has(name));
  const gains = node && known && resolved.shapes.has(tensor) ? mapGains(siteOf(resolved, node)) : undefined;
  return node && gains && { node, gains };
}
