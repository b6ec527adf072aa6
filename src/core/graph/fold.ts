import { broadcastDims, broadcastStrides, offsetsOf } from '../ops/broadcast';
import { elementSources, isLayout } from '../ops/layout';
import { ShapeError } from '../ops/operator';
import { constantInput, inputName, outputDims, type Site } from '../ops/site';
import { floatAttribute, intAttribute, tensorAttribute } from './attributes';
import { arrayTypes, sizeOf, toNumbers, type DataType, type Dims, type Tensor } from '../tensor/tensor';

/** A hostile ConstantOfShape or Expand must not take the process down. */
const maximumFoldedElements = 1 << 28;

const isWide = (type: DataType): boolean => type === 'int64' || type === 'uint64';
const isWhole = (type: DataType): boolean => !type.startsWith('float');

/** A tensor of `type` from plain numbers; integers are truncated as ONNX casts do. */
export function tensorFrom(type: DataType, dims: Dims, values: ArrayLike<number>): Tensor {
  const data = new arrayTypes[type](values.length);
  for (let i = 0; i < values.length; i++) {
    const value = isWhole(type) ? Math.trunc(values[i]!) : values[i]!;
    if (isWide(type) && !Number.isFinite(value)) throw new ShapeError('whole numbers that are none');
    data[i] = isWide(type) ? BigInt(value) : value;
  }
  return { type, dims, data } as Tensor;
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
  Mod: (a, b) => a - b * Math.floor(a / b),
};

const comparisons: Readonly<Record<string, (a: number, b: number) => number>> = {
  Equal: (a, b) => Number(a === b),
  Greater: (a, b) => Number(a > b),
  Less: (a, b) => Number(a < b),
};

const unary: Readonly<Record<string, (a: number) => number>> = {
  Neg: (a) => -a,
  Sqrt: Math.sqrt,
  Reciprocal: (a) => 1 / a,
  Exp: Math.exp,
  Log: Math.log,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Not: (a) => Number(a === 0),
};

/** An entry of a table whose key comes from a model: `valueOf` and `__proto__` are no operators. */
function entry<T>(table: Readonly<Record<string, T>>, op: string): T | undefined {
  return Object.hasOwn(table, op) ? table[op] : undefined;
}

const typesByCode: Readonly<Record<number, DataType>> = {
  1: 'float32', 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16', 6: 'int32', 7: 'int64', 9: 'bool', 10: 'float32',
  11: 'float64', 12: 'uint32', 13: 'uint64',
}; // prettier-ignore

/**
 * The values of a node's outputs when they do not depend on the image: arithmetic on shapes, reshaped or filled
 * weights. Undefined where they do, or where the operator is not one that such subgraphs use.
 */
export function foldNode(site: Site): readonly Tensor[] | undefined {
  const { op, domain } = site.node;
  if (domain !== '') return undefined;
  if (op === 'Shape' || op === 'Size') return foldShape(site);
  const operands = site.node.inputs.map((name, i) => (name === '' ? undefined : constantInput(site, i)));
  if (site.node.inputs.some((name, i) => name !== '' && operands[i] === undefined)) return undefined;
  const [first, second] = operands;
  if (op === 'ConstantOfShape' && first) return [fill(toNumbers(first), tensorAttribute(site.node, 'value'))];
  if (op === 'Range' && first && second && operands[2]) return [range(first, second, operands[2])];
  if (first === undefined) return undefined;
  if (op === 'Identity' || op === 'Dropout') return [first];
  if (op === 'Cast') return foldCast(first, intAttribute(site.node, 'to', 1));
  if (op === 'Where' && second && operands[2]) return [where(first, second, operands[2])];
  if (op === 'ReduceProd') return foldProduct(site, first);
  const one = entry(unary, op);
  if (one) return [tensorFrom(first.type, first.dims, toNumbers(first).map(one))];
  if (op === 'Mod' && intAttribute(site.node, 'fmod', 0) === 1) return undefined;
  const compare = entry(comparisons, op);
  const two = compare ?? entry(binary, op);
  if (two && second && operands.length === 2)
    return [combine(first, second, two, compare ? 'bool' : first.type)];
  if (isLayout(op)) return site.node.outputs.map((_, output) => moveConstant(site, output));
  return undefined;
}

function foldShape(site: Site): readonly Tensor[] | undefined {
  const dims = site.shapes.get(inputName(site, 0));
  if (dims === undefined) return undefined;
  if (site.node.op === 'Size') return [tensorFrom('int64', [], [sizeOf(dims)])];
  const chosen = dims.slice(
    intAttribute(site.node, 'start', 0),
    site.node.attributes.has('end') ? intAttribute(site.node, 'end', 0) : undefined,
  );
  return [tensorFrom('int64', [chosen.length], chosen)];
}

/** The product of a vector's elements, as exporters count the elements of a shape. */
function foldProduct({ node }: Site, values: Tensor): readonly Tensor[] | undefined {
  if (values.dims.length !== 1) return undefined;
  const dims = intAttribute(node, 'keepdims', 1) === 1 ? [1] : [];
  return [tensorFrom(values.type, dims, [toNumbers(values).reduce((a, b) => a * b, 1)])];
}

function foldCast(value: Tensor, code: number): readonly Tensor[] | undefined {
  const type = typesByCode[code];
  if (type === undefined) return undefined;
  if (type === value.type) return [value];
  return [
    tensorFrom(
      type,
      value.dims,
      type === 'bool' ? toNumbers(value).map((v) => Number(v !== 0)) : toNumbers(value),
    ),
  ];
}

function fill(dims: Dims, value: Tensor | undefined): Tensor {
  const type = value?.type ?? 'float32';
  const size = checkedSize(dims);
  const data = new arrayTypes[type](size);
  if (value?.data[0] !== undefined) data.fill(value.data[0] as never);
  return { type, dims, data } as Tensor;
}

function range(start: Tensor, limit: Tensor, delta: Tensor): Tensor {
  const [from, to, step] = [Number(start.data[0]), Number(limit.data[0]), Number(delta.data[0])];
  const length = Math.max(0, Math.ceil((to - from) / step));
  checkedSize([length]);
  return tensorFrom(
    start.type,
    [length],
    Array.from({ length }, (_, i) => from + i * step),
  );
}

function combine(a: Tensor, b: Tensor, apply: (a: number, b: number) => number, type: DataType): Tensor {
  const dims = broadcastDims(a.dims, b.dims);
  checkedSize(dims);
  const fromA = offsetsOf(dims, broadcastStrides(a.dims, dims));
  const fromB = offsetsOf(dims, broadcastStrides(b.dims, dims));
  const values = Float64Array.from(fromA, (offset, i) =>
    apply(Number(a.data[offset]), Number(b.data[fromB[i]!])),
  );
  return tensorFrom(type, dims, values);
}

function where(condition: Tensor, yes: Tensor, no: Tensor): Tensor {
  const dims = [condition, yes, no].map((t) => t.dims).reduce(broadcastDims);
  checkedSize(dims);
  const offsets = [condition, yes, no].map((t) => offsetsOf(dims, broadcastStrides(t.dims, dims)));
  const values = Float64Array.from({ length: sizeOf(dims) }, (_, i) =>
    Number(condition.data[offsets[0]![i]!])
      ? Number(yes.data[offsets[1]![i]!])
      : Number(no.data[offsets[2]![i]!]),
  );
  return tensorFrom(yes.type, dims, values);
}

/** Applies a layout operator to constants: every output element is copied from the input that holds it. */
function moveConstant(site: Site, output: number): Tensor {
  const dims = outputDims(site, output);
  const first = constantInput(site, 0)!;
  const data = new arrayTypes[first.type](checkedSize(dims));
  if (site.node.op === 'Pad') data.fill(paddingOf(site, first) as never);
  const sources = site.node.op === 'Concat' ? site.node.inputs.length : 1;
  for (let input = 0; input < sources; input++) {
    const from = constantInput(site, input)!;
    const source = elementSources(site, input, output);
    for (let i = 0; i < source.length; i++) {
      if (source[i]! < 0) continue;
      const value = from.data[source[i]!];
      if (value === undefined) throw new ShapeError(`${site.node.op} beyond the end of its input`);
      data[i] = value;
    }
  }
  return { type: first.type, dims, data } as Tensor;
}

/** What a Pad puts around a tensor: an input since operator set 11. */
function paddingOf(site: Site, padded: Tensor): number | bigint {
  const value = constantInput(site, 2)?.data[0] ?? floatAttribute(site.node, 'value', 0);
  return isWide(padded.type) ? BigInt(value) : value;
}

function checkedSize(dims: Dims): number {
  const size = sizeOf(dims);
  if (dims.some((dim) => !(dim >= 0)) || !(size <= maximumFoldedElements))
    throw new ShapeError(`a constant of [${dims.join(', ')}] elements`);
  return size;
}
