import type { Tensor } from '../../../src/core/tensor/tensor';

/** A dense float64 array, row-major; shapes and indices are held in one, too. */
export interface Values {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * dim, 1);
}

export function zeros(dims: readonly number[]): Values {
  return { dims, data: new Float64Array(sizeOf(dims)) };
}

export function vector(values: readonly number[]): Values {
  return { dims: [values.length], data: Float64Array.from(values) };
}

export function fromTensor(tensor: Pick<Tensor, 'dims' | 'data'>): Values {
  return { dims: tensor.dims, data: Float64Array.from(tensor.data as ArrayLike<number | bigint>, Number) };
}

/** Where the element number `flat` lies. */
export function positionOf(flat: number, dims: readonly number[]): number[] {
  const position = dims.map(() => 0);
  let rest = flat;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    position[axis] = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return position;
}

/** The number of the element at `position`. */
export function flatOf(position: readonly number[], dims: readonly number[]): number {
  return dims.reduce((flat, dim, axis) => flat * dim + position[axis]!, 0);
}

/** Fills a new array by position. */
export function fill(dims: readonly number[], at: (position: number[], flat: number) => number): Values {
  const out = zeros(dims);
  for (let flat = 0; flat < out.data.length; flat++) out.data[flat] = at(positionOf(flat, dims), flat);
  return out;
}

export function map(values: Values, f: (value: number, flat: number) => number): Values {
  return { dims: values.dims, data: values.data.map(f) };
}

/** Dimensions of two operands stretched over each other (ONNX: multidirectional broadcasting). */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const one = a[axis - rank + a.length] ?? 1;
    const other = b[axis - rank + b.length] ?? 1;
    return one === 1 ? other : one;
  });
}

/** The element of an operand of `dims` that is read at `position` of the broadcast result. */
export function operandFlat(position: readonly number[], dims: readonly number[]): number {
  const shift = position.length - dims.length;
  return dims.reduce((flat, dim, axis) => flat * dim + (dim === 1 ? 0 : position[axis + shift]!), 0);
}
