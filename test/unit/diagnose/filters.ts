import type { LayerFilters } from '../../../src/core/filters/layerFilters';

/** Filters over the image. */
export function filtersOf({
  dims,
  weights,
  stride,
}: Pick<LayerFilters, 'dims' | 'weights' | 'stride'>): LayerFilters {
  return { dims, weights, stride, over: 'image', kind: 'convolution', groups: 1, folded: [] };
}
