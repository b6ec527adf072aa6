import type { LayerArguments } from '../definition';
import type { TensorValue } from '../tensorValue';
import type { WeightAxis } from './layerSpec';

/** The shape of the weights that a layer of these arguments has; the second axis counts the channels of one group. */
export function shapeOfArguments(axes: readonly WeightAxis[], args: LayerArguments): TensorValue['shape'] {
  const { inChannels, outChannels, kernel, groups = 1 } = args;
  const sizes = { inChannels, outChannels, height: kernel?.[0], width: kernel?.[1] };
  return axes.map((axis, i) => {
    const size = sizes[axis];
    return size === undefined ? null : size / (i === 1 ? groups : 1);
  });
}

/**
 * What the shape of its weights says of a layer. The second axis counts the channels of one group; how many `groups` there are may not be
 * known. What is not known of the shape is left out.
 */
export function argumentsOfShape(
  axes: readonly WeightAxis[],
  shape: TensorValue['shape'],
  groups: number | undefined,
): LayerArguments {
  if (shape?.length !== axes.length) return {};
  const sizes = new Map(axes.map((axis, i) => [axis, shape[i] ?? undefined]));
  const [, shared] = axes;
  const channels = (axis: 'inChannels' | 'outChannels') => {
    const times = axis === shared ? groups : 1;
    const size = sizes.get(axis);
    return size === undefined || times === undefined ? {} : { [axis]: size * times };
  };
  const width = sizes.get('width');
  const height = axes.includes('height') ? sizes.get('height') : 1;
  return {
    ...channels('inChannels'),
    ...channels('outChannels'),
    ...(height === undefined || width === undefined ? {} : { kernel: [height, width] }),
  };
}
