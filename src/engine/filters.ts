import { unknownLayer } from '../core/errors';
import { layerFilters } from '../core/filters/layerFilters';
import { filterStatistics } from '../core/filters/statistics';
import type { Layer } from '../core/graph/layers';
import { filterSheet } from '../core/imaging/filterSheet';
import type { Network } from '../core/network';
import type { FilterReport, FiltersRequest } from '../protocol/model';
import type { OpenModel } from './openModel';

/** The filters of one layer, laid out as a picture and measured. */
export function reportFilters(
  { network, summary }: OpenModel,
  { layer: name, ...options }: Omit<FiltersRequest, 'model'>,
): FilterReport {
  const layer = layerNamed(network, name);
  const filters = layerFilters(network, layer);
  const { dims, over, kind, groups, stride, folded } = filters;
  return {
    layer: layer.label,
    dims,
    over,
    kind,
    groups,
    stride,
    folded: folded.map(({ op, name: node }) => `${op} "${node}"`),
    sheet: over === 'vector' ? null : filterSheet(filters, summary.preprocessing, options),
    statistics: filterStatistics(filters, summary.preprocessing),
  };
}

/** The layer with this label, or else with this tensor of feature maps. */
export function layerNamed({ layers }: Network, name: string): Layer {
  const found = layers.find(({ label }) => label === name) ?? layers.find(({ tensor }) => tensor === name);
  if (found) return found;
  throw unknownLayer(name, layers.map(({ label }) => label)); // prettier-ignore
}
