import { onnx } from 'onnx-proto';
import { badTensorData } from '../../errors';
import { arrayTypes, type DataType, type Tensor, type TypedArrays } from '../../tensor/tensor';
import { BFLOAT16, elementType, FLOAT16, isHalf } from './elementTypes';
import { externalBytes } from './externalData';
import type { ReadExternal } from './externalData';
import { widenBfloat16, widenFloat16 } from './halfPrecision';
import { toBigInt, toNumber } from './proto';

/** Largest array this project allocates for one tensor: beyond it the protobuf limit is passed anyway. */
const MAX_BYTES = 2 ** 31 - 1;

/** A few sparse values may claim any shape; real ones are far below this. */
const MAX_SPARSE_BYTES = 2 ** 28;

const { EXTERNAL } = onnx.TensorProto.DataLocation;

/**
 * The tensor in an array of its own, half precision widened to float32; `undefined` for element types that
 * graphs here do not carry (strings, complex numbers, 4- and 8-bit floats). All encodings of `TensorProto`
 * are read: `raw_data`, the typed fields, external data. Throws where the data do not fill the dimensions,
 * before anything of that size is allocated.
 */
export function decodeTensor(proto: onnx.ITensorProto, read: ReadExternal | undefined): Tensor | undefined {
  const code = proto.dataType ?? 0;
  const { name, type, bytes } = elementType(code);
  if (type === undefined || bytes === undefined) return undefined;
  const dims = (proto.dims ?? []).map(toNumber);
  const size = checkedSize(proto.name ?? '', dims, bytes);
  const raw = rawBytes(proto, size * bytes, read);
  if (raw !== undefined) {
    if (raw.byteLength !== size * bytes) {
      throw badTensorData(proto.name ?? '', lengthMismatch(raw.byteLength / bytes, size, dims));
    }
    return { type, dims, data: fromRaw(raw, code, type) } as Tensor;
  }
  const values = typedField(proto, code);
  if (values.length !== size) {
    throw badTensorData(proto.name ?? '', `${lengthMismatch(values.length, size, dims)} (${name})`);
  }
  return { type, dims, data: fromField(values, code, type) } as Tensor;
}

/** The same tensor with every element written out. */
export function decodeSparse(
  proto: onnx.ISparseTensorProto,
  read: ReadExternal | undefined,
): Tensor | undefined {
  const name = proto.values?.name ?? '';
  const values = proto.values ? decodeTensor(proto.values, read) : undefined;
  const indices = proto.indices ? decodeTensor(proto.indices, read) : undefined;
  if (values === undefined || indices?.type !== 'int64') return undefined;
  const dims = (proto.dims ?? []).map(toNumber);
  const size = checkedSize(name, dims, values.data.BYTES_PER_ELEMENT);
  if (size * values.data.BYTES_PER_ELEMENT > MAX_SPARSE_BYTES) {
    throw badTensorData(name, `its sparse shape [${dims.join(', ')}] needs more than 256 MB`);
  }
  const count = values.data.length;
  const linear = indices.dims.length < 2;
  if (indices.data.length !== count * (linear ? 1 : dims.length)) {
    throw badTensorData(name, `${count} sparse values have ${indices.data.length} indices`);
  }
  const data = new arrayTypes[values.type](size);
  for (let i = 0; i < count; i++) {
    const position = linear ? Number(indices.data[i]) : flatIndex(indices.data, i, dims);
    if (!(position >= 0 && position < size))
      throw badTensorData(name, 'a sparse index lies outside its shape');
    data[position] = values.data[i] as never;
  }
  return { type: values.type, dims, data } as Tensor;
}

function flatIndex(indices: BigInt64Array, row: number, dims: readonly number[]): number {
  let flat = 0;
  for (const [axis, dim] of dims.entries()) {
    const index = Number(indices[row * dims.length + axis]);
    if (!(index >= 0 && index < dim)) return -1;
    flat = flat * dim + index;
  }
  return flat;
}

function checkedSize(name: string, dims: readonly number[], bytes: number): number {
  let size = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw badTensorData(name, `its shape is [${dims.join(', ')}]`);
    size *= dim;
  }
  if (size * bytes > MAX_BYTES)
    throw badTensorData(name, `its shape [${dims.join(', ')}] needs more than 2 GB`);
  return size;
}

function lengthMismatch(found: number, wanted: number, dims: readonly number[]): string {
  return `${found} values for the ${wanted} of its shape [${dims.join(', ')}]`;
}

function rawBytes(
  proto: onnx.ITensorProto,
  bytes: number,
  read: ReadExternal | undefined,
): Uint8Array | undefined {
  if (proto.dataLocation === EXTERNAL) return externalBytes(proto, bytes, read);
  return proto.rawData?.length ? proto.rawData : undefined;
}

/**
 * `raw_data` is little-endian like every machine this runs on. The copy aligns the values and lets go of the
 * file: a view would keep all of it alive and be sent whole between processes.
 */
function fromRaw(raw: Uint8Array, code: number, type: DataType): TypedArrays[DataType] {
  const buffer = new Uint8Array(raw).buffer;
  return isHalf(code) ? widen(new Uint16Array(buffer), code) : new arrayTypes[type](buffer);
}

function widen(halves: ArrayLike<number>, code: number): Float32Array {
  return code === BFLOAT16 ? widenBfloat16(halves) : widenFloat16(halves);
}

type FieldValues = readonly number[] | readonly bigint[];

function typedField(proto: onnx.ITensorProto, code: number): FieldValues {
  switch (elementType(code).name) {
    case 'float32':
      return proto.floatData ?? [];
    case 'float64':
      return proto.doubleData ?? [];
    case 'int64':
      return (proto.int64Data ?? []).map(toBigInt);
    case 'uint64':
      return (proto.uint64Data ?? []).map(toBigInt);
    case 'uint32':
      return (proto.uint64Data ?? []).map(toNumber);
    default:
      return proto.int32Data ?? [];
  }
}

function fromField(values: FieldValues, code: number, type: DataType): TypedArrays[DataType] {
  if (code === FLOAT16 || code === BFLOAT16) return widen(values as readonly number[], code);
  const data = new arrayTypes[type](values.length);
  for (let i = 0; i < values.length; i++) data[i] = values[i] as never;
  return data;
}
