import { normalizedAxis } from './json';
import { offsetsOf, stridesOf } from '../../ops/broadcast';
import { arrayTypes, sizeOf, type Dims, type Tensor } from '../../tensor/tensor';

/**
 * TensorFlow writes feature maps `[batch, height, width, channels]`, graphs here `[batch, channels, height, width]`. This
 * file is the whole difference: tensors of four axes are kept in the order of graphs, all others as the model has them.
 */
const MAPS_RANK = 4;

/** Transposes feature maps from TensorFlow's order of axes to that of graphs. */
export const fromNhwc = [0, 3, 1, 2] as const;

/** Transposes feature maps back. */
export const toNhwc = [0, 2, 3, 1] as const;

/** Whether tensors of so many axes are kept in another order of axes than the model has them in. */
export function isReordered(rank: number): boolean {
  return rank === MAPS_RANK;
}

/** The axis of a graph's tensor that a model calls `axis`, which may count from the end. */
export function axisFromNhwc(axis: number, rank: number): number {
  const counted = normalizedAxis(axis, rank);
  return isReordered(rank) ? fromNhwc.indexOf(counted as 0 | 1 | 2 | 3) : counted;
}

/** A list with one entry an axis, in the order of a graph's tensor. */
export function perAxisFromNhwc<T>(list: readonly T[]): T[] {
  return isReordered(list.length) ? fromNhwc.map((axis) => list[axis]!) : [...list];
}

/** Filters `[height, width, inputs, outputs]` as `[outputs, inputs, height, width]`. */
export function filtersFromHwio(kernel: Tensor): Tensor {
  return permuted(kernel, [3, 2, 0, 1]);
}

/** Filters `[height, width, inputs, multiplier]` of a depthwise convolution as `[inputs * multiplier, 1, height, width]`. */
export function depthwiseFilters(kernel: Tensor): Tensor {
  const [height, width, inputs, multiplier] = kernel.dims as [number, number, number, number];
  return { ...permuted(kernel, [2, 3, 0, 1]), dims: [inputs * multiplier, 1, height, width] };
}

/** One parameter a value of a feature map, `[height, width, channels]` or fewer axes, as `[channels, height, width]`. */
export function parametersFromHwc(parameters: Tensor): Tensor {
  return parameters.dims.length === MAPS_RANK - 1 ? permuted(parameters, [2, 0, 1]) : parameters;
}

/**
 * A constant that is broadcast against a tensor of `rank` axes, so that it is broadcast alike in a graph: against feature
 * maps it gets all four axes, in their order.
 */
export function operandFromNhwc(constant: Tensor, rank: number): Tensor {
  if (!isReordered(rank) || constant.dims.length === 0) return constant;
  const missing = Array.from({ length: MAPS_RANK - constant.dims.length }, () => 1);
  return permuted({ ...constant, dims: [...missing, ...constant.dims] }, fromNhwc);
}

/** A tensor with its axes in another order: axis `i` of the result is axis `order[i]`. */
export function permuted(tensor: Tensor, order: readonly number[]): Tensor {
  const strides = stridesOf(tensor.dims);
  const dims: Dims = order.map((axis) => tensor.dims[axis]!);
  const offsets = offsetsOf(
    dims,
    order.map((axis) => strides[axis]!),
  );
  const data = new arrayTypes[tensor.type](sizeOf(dims));
  for (let i = 0; i < offsets.length; i++) data[i] = tensor.data[offsets[i]!] as never;
  return { type: tensor.type, dims, data } as Tensor;
}
