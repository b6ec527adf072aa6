import { ShapeError } from './operator';
import { sizeOf, type Dims } from '../tensor/tensor';

/** Dimensions of an elementwise result under multidirectional broadcasting (ONNX, as in NumPy). */
export function broadcastDims(a: Dims, b: Dims): Dims {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new ShapeError(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** Step through a row-major array for each axis of `output`, 0 along axes the operand is repeated over. */
export function broadcastStrides(operand: Dims, output: Dims): number[] {
  const strides = new Array<number>(output.length).fill(0);
  let step = 1;
  for (let i = operand.length - 1; i >= 0; i--) {
    const axis = i + output.length - operand.length;
    if (operand[i] !== 1) strides[axis] = step;
    step *= operand[i]!;
  }
  return strides;
}

/**
 * For every element of an array of dimensions `output`, row-major, the offset given by `strides` and `base`.
 * The workhorse behind transposes, slices and broadcasts.
 */
export function offsetsOf(output: Dims, strides: readonly number[], base = 0): Int32Array {
  const size = sizeOf(output);
  const offsets = new Int32Array(size);
  const index = new Array<number>(output.length).fill(0);
  let offset = base;
  for (let i = 0; i < size; i++) {
    offsets[i] = offset;
    for (let axis = output.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < output[axis]!) break;
      offset -= strides[axis]! * output[axis]!;
      index[axis] = 0;
    }
  }
  return offsets;
}

/** Row-major steps of an array. */
export function stridesOf(dims: Dims): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}
