import type { DataType } from '../../tensor/tensor';

interface ElementType {
  readonly name: string;
  /** The type in the graph; half precision is widened. `undefined`: this project has no such tensors. */
  readonly type?: DataType;
  /** Of one element in `raw_data`. */
  readonly bytes?: number;
}

/** `TensorProto.DataType` of the half-precision types, which are widened. */
export const FLOAT16 = 10;
export const BFLOAT16 = 16;

/** `TensorProto.DataType` by number. */
const elementTypes: readonly ElementType[] = [
  { name: 'undefined' },
  { name: 'float32', type: 'float32', bytes: 4 },
  { name: 'uint8', type: 'uint8', bytes: 1 },
  { name: 'int8', type: 'int8', bytes: 1 },
  { name: 'uint16', type: 'uint16', bytes: 2 },
  { name: 'int16', type: 'int16', bytes: 2 },
  { name: 'int32', type: 'int32', bytes: 4 },
  { name: 'int64', type: 'int64', bytes: 8 },
  { name: 'string' },
  { name: 'bool', type: 'bool', bytes: 1 },
  { name: 'float16', type: 'float32', bytes: 2 },
  { name: 'float64', type: 'float64', bytes: 8 },
  { name: 'uint32', type: 'uint32', bytes: 4 },
  { name: 'uint64', type: 'uint64', bytes: 8 },
  { name: 'complex64' },
  { name: 'complex128' },
  { name: 'bfloat16', type: 'float32', bytes: 2 },
  { name: 'float8e4m3fn' },
  { name: 'float8e4m3fnuz' },
  { name: 'float8e5m2' },
  { name: 'float8e5m2fnuz' },
  { name: 'uint4' },
  { name: 'int4' },
  { name: 'float4e2m1' },
];

/** What is known of a `TensorProto.DataType`; a name alone for types that graphs do not carry. */
export function elementType(code: number): ElementType {
  return elementTypes[code] ?? { name: `element type ${code}` };
}

/** Whether a `TensorProto.DataType` is float16 or bfloat16. */
export function isHalf(code: number): boolean {
  return code === FLOAT16 || code === BFLOAT16;
}

/** The number ONNX gives to a type of the graph. */
export function codeOf(type: DataType): number {
  return elementTypes.findIndex(({ name }) => name === type);
}
