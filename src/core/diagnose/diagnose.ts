import { UserError } from '../errors';
import { layerFilters, type LayerFilters } from '../filters/layerFilters';
import { filterStatistics } from '../filters/statistics';
import type { Layer } from '../graph/layers';
import type { Preprocessing } from '../imaging/preprocessing';
import type { Network } from '../network';
import { countOf, type Finding } from './finding';
import { firstLayerFindings, type NamedFilters } from './firstLayerFindings';
import { weightFindings } from './weightFindings';

/**
 * What section 4.1 of Zeiler & Fergus (2013) teaches to look for, measured on the weights of a model: the findings of one
 * layer at a time, in network order. Layers whose weights are no filters over their input have none.
 */
export function* diagnoseModel(
  network: Network,
  preprocessing: Preprocessing,
): Generator<readonly Finding[]> {
  const [first] = network.layers;
  for (const { label, filters } of filtersFrom(network, 0)) {
    yield weightFindings(label, filters, filterStatistics(filters, preprocessing));
    if (label === first?.label && filters.over === 'image')
      yield firstLayerFindings(label, filters, filtersFrom(network, 1));
  }
  yield softmaxInside(network);
}

/** The filters of the layers from one on, those that have some. */
function* filtersFrom(network: Network, start: number): Generator<NamedFilters> {
  for (const layer of network.layers.slice(start)) {
    const filters = filtersOrNone(network, layer);
    if (filters) yield { label: layer.label, filters };
  }
}

function filtersOrNone(network: Network, layer: Layer): LayerFilters | undefined {
  try {
    return layerFilters(network, layer);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function softmaxInside({ classifier, layers }: Network): Finding[] {
  const last = layers.at(-1);
  if (!last || !classifier || classifier.probabilities === null) return [];
  return [
    {
      code: 'softmax-in-graph',
      severity: 'information',
      layer: last.label,
      message: `The model ends in a softmax behind ${last.label}: what it gives are probabilities.`,
      why: 'A softmax makes every class depend on all others. Class units are projected from the scores before it, and a loss that takes scores must not be fed with probabilities.',
      filters: [],
      fix: null,
    },
  ];
}

/** The strongest activation of every map of a layer, over one or several images. */
export interface LayerActivity extends Pick<Layer, 'label' | 'op' | 'shape'> {
  readonly maxima: Float32Array;
}

/** Activations that give nothing where their input is negative: behind others, negative values count, too. */
const rectifying = ['Relu', 'Clip', 'ThresholdedRelu'];

/**
 * Maps, or units, of rectified layers that none of the images activated. With few images that says little, so it is no warning.
 */
export function inactiveMaps(layers: readonly LayerActivity[], images: number): Finding[] {
  return layers.flatMap(({ label, op, shape, maxima }) => {
    if (!rectifying.includes(op.split(' + ').at(-1)!)) return [];
    const filters = Array.from(maxima.keys()).filter((map) => !(maxima[map]! > 0));
    if (filters.length === 0) return [];
    const are = filters.length === 1 ? 'is' : 'are';
    const counted = shape.length === 1 ? 'unit' : 'map';
    const on = images === 1 ? 'the current image' : `any of ${images} images`;
    return [
      {
        code: 'inactive-maps' as const,
        severity: 'information' as const,
        layer: label,
        message: `${countOf(filters, maxima.length, counted)} of ${label} ${are} not active on ${on}.`,
        why: `A ${counted} that no picture activates is dead, whatever its weights. Look at more pictures before you believe it.`,
        filters,
        fix: null,
      },
    ];
  });
}
