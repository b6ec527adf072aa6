import { badArrayFile } from '../errors';
import { sizeOf } from '../tensor/tensor';
import type { DataType, Tensor, TypedArrays } from '../tensor/tensor';

/** NumPy's names, without the byte order, of the types that are read and written. */
const types = {
  f4: { type: 'float32', array: Float32Array },
  f8: { type: 'float64', array: Float64Array },
  i4: { type: 'int32', array: Int32Array },
  i8: { type: 'int64', array: BigInt64Array },
} as const satisfies Record<string, { type: DataType; array: new (buffer: ArrayBuffer) => unknown }>;

type TypeName = keyof typeof types;

/** The tensors that `.npy` files are read into and written from. */
export type NpyTensor = Extract<Tensor, { type: (typeof types)[TypeName]['type'] }>;

const MAGIC = '\x93NUMPY';

/** A header longer than this describes no array that anybody means. */
const MAX_HEADER_BYTES = 2 ** 16;

/**
 * An array as `numpy.save` writes it: format 1.0 to 3.0; float32, float64, int32 or int64 in either byte order;
 * Fortran order becomes row-major. The data are copied. `file` is how messages call it.
 */
export function readNpy(bytes: Uint8Array, file = 'The array file'): NpyTensor {
  if (latin1(bytes.subarray(0, 6)) !== MAGIC) throw badArrayFile(file, 'is not a NumPy array (.npy)');
  const { header, start } = headerOf(bytes, file);
  const [, order, name] = /'descr':\s*'([<>=|])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, shape] = /'shape':\s*\(([\d,\s]*)\)/.exec(header) ?? [];
  if (order === undefined || name === undefined || fortran === undefined || shape === undefined) {
    throw badArrayFile(file, 'has a header that is not understood (only plain arrays of numbers are)');
  }
  if (!isTypeName(name)) throw badArrayFile(file, `holds elements of type ${name}; float32 is needed`);
  const dims = shape.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  const wanted = sizeOf(dims) * Number(name.slice(1));
  const found = bytes.byteLength - start;
  if (found !== wanted) {
    throw badArrayFile(
      file,
      `has ${found} bytes of data where its shape (${dims.join(', ')}) needs ${wanted}`,
    );
  }
  const raw = new Uint8Array(bytes.subarray(start));
  if (order === '>') swapBytes(raw, Number(name.slice(1)));
  const { type, array } = types[name];
  const data = new array(raw.buffer);
  return { type, dims, data: fortran === 'True' ? toRowMajor(data, dims) : data } as NpyTensor;
}

/** The array as `numpy.load` reads it: format 1.0, little-endian, row-major, data aligned to 64 bytes. */
export function writeNpy({ type, dims, data }: NpyTensor): Uint8Array {
  const name = Object.entries(types).find(([, known]) => known.type === type)?.[0] ?? '';
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ');
  const header = `{'descr': '<${name}', 'fortran_order': False, 'shape': (${shape}), }`;
  const start = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength);
  const text = `${MAGIC}\x01\x00${'  '}${header}`.padEnd(start - 1) + '\n';
  for (let i = 0; i < start; i++) bytes[i] = text.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, start - 10, true);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

function headerOf(bytes: Uint8Array, file: string): { header: string; start: number } {
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    throw badArrayFile(file, `has version ${version} of the NumPy format; 1 to 3 are known`);
  const first = version === 1 ? 10 : 12;
  if (bytes.byteLength < first) throw badArrayFile(file, 'is truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = first + length;
  if (length > MAX_HEADER_BYTES || start > bytes.byteLength) throw badArrayFile(file, 'is truncated');
  return { header: latin1(bytes.subarray(first, start)), start };
}

function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(types, name);
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
}

/** From first index fastest to last index fastest. */
function toRowMajor(data: TypedArrays[DataType], dims: readonly number[]): TypedArrays[DataType] {
  const out = data.slice();
  const index = dims.map(() => 0);
  for (let target = 0; target < data.length; target++) {
    let source = 0;
    for (let axis = dims.length - 1; axis >= 0; axis--)
      source = source * (dims[axis] ?? 1) + (index[axis] ?? 0);
    out[target] = data[source] as never;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      index[axis] = next === dims[axis] ? 0 : next;
      if (index[axis] !== 0) break;
    }
  }
  return out;
}
