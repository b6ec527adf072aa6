/** The element types a graph may carry. Half precision is widened to `float32` when a model is read. */
export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

/** Name of an element type. */
export type DataType = keyof TypedArrays;

interface ArrayConstructor<A> {
  new (length: number): A;
  new (buffer: ArrayBuffer): A;
}

/** The array that holds the elements of each type. */
export const arrayTypes: { readonly [T in DataType]: ArrayConstructor<TypedArrays[T]> } = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};

/** Lengths of a tensor's axes, outermost first. */
export type Dims = readonly number[];

/** A dense array, row-major over `dims`. `dims: []` is a scalar with one element. */
export interface TensorOf<T extends DataType> {
  readonly type: T;
  readonly dims: Dims;
  readonly data: TypedArrays[T];
}

/** Any tensor, discriminated by `type`. */
export type Tensor = { [T in DataType]: TensorOf<T> }[DataType];

/** float32 activations and signals. Feature tensors of convolutional layers are `[N, C, H, W]`. */
export type FloatTensor = TensorOf<'float32'>;

/** Number of elements of an array with these dimensions: the product, 1 for a scalar. */
export function sizeOf(dims: Dims): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

/** A float32 tensor; zeros where `data` is left out. Throws when `data` does not fit `dims`. */
export function floatTensor(dims: Dims, data: Float32Array = new Float32Array(sizeOf(dims))): FloatTensor {
  if (data.length !== sizeOf(dims)) {
    throw new RangeError(`${data.length} values do not fill [${dims.join(', ')}]`);
  }
  return { type: 'float32', dims, data };
}

/** An int64 tensor of one dimension, as ONNX wants for shapes and axes. */
export function int64Vector(values: readonly number[]): TensorOf<'int64'> {
  return { type: 'int64', dims: [values.length], data: BigInt64Array.from(values, BigInt) };
}

/** The elements as plain numbers. int64 beyond 2^53 loses its low bits, which no shape or axis needs. */
export function toNumbers(tensor: Tensor): number[] {
  return Array.from<number | bigint, number>(tensor.data, Number);
}

/** The elements as float32; the same array when the tensor is float32 already. */
export function toFloat32(tensor: Tensor): Float32Array {
  if (tensor.type === 'float32') return tensor.data;
  const out = new Float32Array(tensor.data.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(tensor.data[i]);
  return out;
}
