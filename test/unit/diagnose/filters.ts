import type { LayerFilters } from '../../../src/core/filters/layerFilters';

/** Filters of a convolution over the image, unless it is said otherwise. */
export function filtersOf(
  given: Pick<LayerFilters, 'dims' | 'weights'> & Partial<LayerFilters>,
): LayerFilters {
  return { stride: [1, 1], over: 'image', kind: 'convolution', groups: 1, folded: [], ...given };
}
