import { badTensorData, externalDataEscapes, externalDataShort } from '../../errors';
import { arrayTypes, sizeOf, type DataType, type Tensor } from '../../tensor/tensor';
import { staysInFolder, type ReadExternal } from '../onnx/externalData';
import { widenFloat16 } from '../onnx/halfPrecision';
import { fieldsOf, isFields, listOf, nameOf, numberOf, wholeNumbersOf, type Fields } from './json';
import { missingWeights } from './refusals';

/**
 * Files beside a model that hold its weights. Whoever supplies them makes sure that they lie in the model's folder and
 * throws a `UserError` naming the file where one cannot be read.
 */
export interface ShardFiles {
  /** Length in bytes. `tensor` names a weight in it, for messages. */
  readonly size: (location: string, tensor: string) => number;
  readonly read: ReadExternal;
}

/** The weights of a model by the names in its manifest. Each is read when it is asked for. */
export interface Weights {
  readonly names: ReadonlySet<string>;
  /** Throws a `UserError` where the manifest has no such weights or they cannot be read. */
  get(name: string): Tensor;
}

interface Entry {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: DataType;
  /** As it is stored: half precision and quantised weights are widened. */
  readonly stored: StoredType;
  readonly scale: number;
  readonly min: number;
  /** In the group's shards, one after the other. */
  readonly offset: number;
  readonly shards: readonly string[];
}

type StoredType = 'float32' | 'float16' | 'int32' | 'uint16' | 'uint8' | 'bool';

const STORED_BYTES: Readonly<Record<StoredType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
};

const MOST_BYTES = 2 ** 31 - 1;

/**
 * The weights that a manifest lists: groups of arrays, each group in files that are parts of one long array of bytes. Half
 * precision is widened; weights quantised to 8 or 16 bits are value · scale + min. Nothing is read yet.
 */
export function openWeights(manifest: unknown, files: ShardFiles): Weights {
  const entries = new Map<string, Entry>();
  for (const group of listOf(manifest, 'the weights manifest')) {
    for (const entry of entriesOf(fieldsOf(group, 'a group of weights'))) entries.set(entry.name, entry);
  }
  const sizes = new Map<string, number>();
  const sizeOfShard = (location: string, tensor: string): number => {
    if (!staysInFolder(location)) throw externalDataEscapes(location, tensor);
    const known = sizes.get(location) ?? files.size(location, tensor);
    sizes.set(location, known);
    return known;
  };
  return {
    names: new Set(entries.keys()),
    get(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw missingWeights(name);
      return decode(entry, readSpan(entry, files.read, sizeOfShard));
    },
  };
}

function entriesOf(group: Fields): Entry[] {
  const shards = listOf(group.paths, 'the list of weight files').map((path) => nameOf(path, 'a weight file'));
  let offset = 0;
  return listOf(group.weights, 'a group of weights').map((listed) => {
    const entry = entryOf(fieldsOf(listed, 'an entry of the weights manifest'), offset, shards);
    offset += sizeOf(entry.dims) * STORED_BYTES[entry.stored];
    return entry;
  });
}

function entryOf(fields: Fields, offset: number, shards: readonly string[]): Entry {
  const name = nameOf(fields.name, 'the name of a weight');
  const dims = wholeNumbersOf(fields.shape, `the shape of "${name}"`);
  const quantised = isFields(fields.quantization) ? fields.quantization : undefined;
  const stored = storedType(quantised?.dtype ?? fields.dtype, name);
  const bytes = dims.reduce((product, dim) => product * dim, STORED_BYTES[stored]);
  if (dims.some((dim) => dim < 0) || !(offset + bytes <= MOST_BYTES)) {
    throw badTensorData(name, `its shape is [${dims.join(', ')}]`);
  }
  const type = fields.dtype === 'float16' ? 'float32' : storedType(fields.dtype, name);
  return {
    name,
    dims,
    type: type === 'float16' ? 'float32' : type,
    stored,
    scale: numberOf(quantised?.scale, 1, `the scale of "${name}"`),
    min: numberOf(quantised?.min, 0, `the least value of "${name}"`),
    offset,
    shards,
  };
}

function storedType(type: unknown, weight: string): StoredType {
  if (typeof type === 'string' && Object.hasOwn(STORED_BYTES, type)) return type as StoredType;
  throw badTensorData(weight, `its type is ${typeof type === 'string' ? `"${type}"` : 'not given'}`);
}

/** The bytes of a weight, which may begin in one file and end in another. Nothing is allocated before it is known to be there. */
function readSpan(
  { name, dims, stored, offset, shards }: Entry,
  read: ReadExternal,
  sizeOfShard: (location: string, tensor: string) => number,
): Uint8Array {
  const length = sizeOf(dims) * STORED_BYTES[stored];
  const parts: { readonly location: string; readonly offset: number; readonly length: number }[] = [];
  let start = 0;
  let missing = length;
  for (const location of shards) {
    if (missing === 0) break;
    const size = sizeOfShard(location, name);
    const from = Math.max(0, offset - start);
    const available = Math.min(missing, size - from);
    if (available > 0) {
      parts.push({ location, offset: from, length: available });
      missing -= available;
    }
    start += size;
  }
  if (missing > 0) throw externalDataShort(shards.at(-1) ?? 'no file at all', name);
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    bytes.set(read({ ...part, tensor: name }), filled);
    filled += part.length;
  }
  return bytes;
}

function decode({ dims, type, stored, scale, min }: Entry, bytes: Uint8Array): Tensor {
  // Little-endian like every machine this runs on.
  if (stored === 'float16')
    return { type: 'float32', dims, data: widenFloat16(new Uint16Array(bytes.buffer)) };
  const values = new arrayTypes[stored](bytes.buffer as ArrayBuffer);
  if (stored === type && scale === 1 && min === 0) return { type, dims, data: values } as Tensor;
  const data = new arrayTypes[type](values.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(values[i]) * scale + min;
    data[i] = type === 'float32' ? value : Math.round(value);
  }
  return { type, dims, data } as Tensor;
}
