import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import type { Tensor } from '../../../src/core/tensor/tensor';
import { onnxFile } from '../../support/onnxModel';

const { DataType } = onnx.TensorProto;

/** What becomes of an initializer that goes through a file. */
function decoded(tensor: onnx.ITensorProto): Tensor | undefined {
  return decodeOnnx(onnxFile({ initializer: [{ name: 'w', ...tensor }] })).graph.constants.get('w');
}

function refusal(graph: Partial<onnx.IGraphProto>): string {
  try {
    decodeOnnx(onnxFile(graph));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

const big = 2n ** 60n + 1n;

const encodings: Record<string, { proto: onnx.ITensorProto; tensor: Omit<Tensor, 'dims'>; dims?: number[] }> =
  {
    float_data: {
      proto: { dataType: DataType.FLOAT, floatData: [1.5, -0, 3e-45] },
      tensor: { type: 'float32', data: Float32Array.of(1.5, -0, 3e-45) },
    },
    double_data: {
      proto: { dataType: DataType.DOUBLE, doubleData: [0.1, -1e300, NaN] },
      tensor: { type: 'float64', data: Float64Array.of(0.1, -1e300, NaN) },
    },
    'int32_data as int32': {
      proto: { dataType: DataType.INT32, int32Data: [-5, 0, 2 ** 31 - 1] },
      tensor: { type: 'int32', data: Int32Array.of(-5, 0, 2 ** 31 - 1) },
    },
    'int32_data as int8': {
      proto: { dataType: DataType.INT8, int32Data: [-128, 0, 127] },
      tensor: { type: 'int8', data: Int8Array.of(-128, 0, 127) },
    },
    'int32_data as uint8': {
      proto: { dataType: DataType.UINT8, int32Data: [0, 128, 255] },
      tensor: { type: 'uint8', data: Uint8Array.of(0, 128, 255) },
    },
    'int32_data as int16': {
      proto: { dataType: DataType.INT16, int32Data: [-32768, 0, 1] },
      tensor: { type: 'int16', data: Int16Array.of(-32768, 0, 1) },
    },
    'int32_data as uint16': {
      proto: { dataType: DataType.UINT16, int32Data: [0, 65535, 1] },
      tensor: { type: 'uint16', data: Uint16Array.of(0, 65535, 1) },
    },
    'int32_data as bool': {
      proto: { dataType: DataType.BOOL, int32Data: [0, 1, 1] },
      tensor: { type: 'bool', data: Uint8Array.of(0, 1, 1) },
    },
    'int32_data as float16': {
      proto: { dataType: DataType.FLOAT16, int32Data: [0x3c00, 0x8001, 0xfc00] },
      tensor: { type: 'float32', data: Float32Array.of(1, -(2 ** -24), -Infinity) },
    },
    'int32_data as bfloat16': {
      proto: { dataType: DataType.BFLOAT16, int32Data: [0x3f80, 0xc000, 0x0001] },
      tensor: { type: 'float32', data: Float32Array.of(1, -2, 2 ** -133) },
    },
    'int64_data beyond 2^53': {
      proto: { dataType: DataType.INT64, int64Data: [-1, 2 ** 53 + 2, -(2 ** 63)] },
      tensor: { type: 'int64', data: BigInt64Array.of(-1n, 2n ** 53n + 2n, -(2n ** 63n)) },
    },
    uint64_data: {
      proto: { dataType: DataType.UINT64, uint64Data: [0, 2 ** 53, 2 ** 63] },
      tensor: { type: 'uint64', data: BigUint64Array.of(0n, 2n ** 53n, 2n ** 63n) },
    },
    'uint64_data as uint32': {
      proto: { dataType: DataType.UINT32, uint64Data: [0, 7, 2 ** 32 - 1] },
      tensor: { type: 'uint32', data: Uint32Array.of(0, 7, 2 ** 32 - 1) },
    },
    'raw_data of float32': {
      proto: { dataType: DataType.FLOAT, rawData: bytesOf(Float32Array.of(1, -2, 0.5)) },
      tensor: { type: 'float32', data: Float32Array.of(1, -2, 0.5) },
    },
    'raw_data of float16': {
      proto: { dataType: DataType.FLOAT16, rawData: bytesOf(Uint16Array.of(0x3c00, 0x4000, 0x03ff)) },
      tensor: { type: 'float32', data: Float32Array.of(1, 2, 1023 * 2 ** -24) },
    },
    'raw_data of int64': {
      proto: { dataType: DataType.INT64, rawData: bytesOf(BigInt64Array.of(big, -big, 0n)) },
      tensor: { type: 'int64', data: BigInt64Array.of(big, -big, 0n) },
    },
    'raw_data of bool': {
      proto: { dataType: DataType.BOOL, rawData: Uint8Array.of(1, 0, 1) },
      tensor: { type: 'bool', data: Uint8Array.of(1, 0, 1) },
    },
    'a scalar': {
      proto: { dataType: DataType.FLOAT, floatData: [4] },
      tensor: { type: 'float32', data: Float32Array.of(4) },
      dims: [],
    },
    'an empty tensor': {
      proto: { dataType: DataType.INT64 },
      tensor: { type: 'int64', data: new BigInt64Array() },
      dims: [0],
    },
  };

describe('tensors of a file', () => {
  it.each(Object.entries(encodings))('%s', (_name, { proto, tensor, dims = [3] }) => {
    expect(decoded({ dims, ...proto })).toEqual({ ...tensor, dims });
  });

  it('are little-endian and may start at any byte of the file', () => {
    const rawData = Uint8Array.of(0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0);
    for (const name of ['w', 'w2', 'w33', 'w444']) {
      const initializer = [{ name, dims: [2], dataType: DataType.FLOAT, rawData }];
      const tensor = decodeOnnx(onnxFile({ initializer })).graph.constants.get(name);
      expect(tensor?.data).toEqual(Float32Array.of(1, -2));
    }
  });

  it('do not keep the file alive or change with it', () => {
    const file = onnxFile({
      initializer: [
        { name: 'w', dims: [1], dataType: DataType.FLOAT, rawData: Uint8Array.of(0, 0, 128, 63) },
      ],
    });
    const { graph } = decodeOnnx(file);
    file.fill(0);
    const data = graph.constants.get('w')?.data;
    expect(data).toEqual(Float32Array.of(1));
    expect(data?.buffer.byteLength).toBe(4);
  });

  it('of strings and 4-bit integers stay in the graph as nodes', () => {
    const initializer = [
      { name: 'classes', dims: [1], dataType: DataType.STRING, stringData: [Uint8Array.of(97)] },
      { name: 'w4', dims: [2], dataType: 22, rawData: Uint8Array.of(0x21) },
    ];
    const { graph } = decodeOnnx(onnxFile({ initializer }));
    expect(graph.constants.size).toBe(0);
    expect(graph.nodes.map(({ op, outputs }) => [op, ...outputs])).toEqual([
      ['Constant', 'classes'],
      ['Constant', 'w4'],
      ['Relu', 'y'],
    ]);
  });

  it.each<[string, onnx.ITensorProto, string]>([
    [
      'too little raw data',
      { dims: [3], dataType: DataType.FLOAT, rawData: new Uint8Array(8) },
      'The data of tensor "w" are not usable: 2 values for the 3 of its shape [3].',
    ],
    [
      'half an element',
      { dims: [2], dataType: DataType.FLOAT, rawData: new Uint8Array(7) },
      'The data of tensor "w" are not usable: 1.75 values for the 2 of its shape [2].',
    ],
    [
      'too many values',
      { dims: [1, 2], dataType: DataType.INT64, int64Data: [1, 2, 3] },
      'The data of tensor "w" are not usable: 3 values for the 2 of its shape [1, 2] (int64).',
    ],
    [
      'no data at all',
      { dims: [2, 2], dataType: DataType.FLOAT },
      'The data of tensor "w" are not usable: 0 values for the 4 of its shape [2, 2] (float32).',
    ],
    [
      'a negative size',
      { dims: [-1], dataType: DataType.FLOAT, floatData: [1] },
      'The data of tensor "w" are not usable: its shape is [-1].',
    ],
    [
      'a shape of petabytes',
      { dims: [2 ** 30, 2 ** 30], dataType: DataType.FLOAT, floatData: [1] },
      'The data of tensor "w" are not usable: its shape [1073741824, 1073741824] needs more than 2 GB.',
    ],
    [
      'a gigabyte that is not there',
      { dims: [2 ** 28], dataType: DataType.FLOAT, floatData: [1] },
      'The data of tensor "w" are not usable: 1 values for the 268435456 of its shape [268435456] (float32).',
    ],
  ])('with %s are refused by name', (_name, tensor, message) => {
    expect(refusal({ initializer: [{ name: 'w', ...tensor }] })).toBe(message);
  });
});

describe('sparse tensors', () => {
  const values = { name: 'w', dims: [2], dataType: DataType.FLOAT, floatData: [5, 7] };
  const indices = (dims: number[], int64Data: number[]) => ({ dims, dataType: DataType.INT64, int64Data });
  const read = (sparse: onnx.ISparseTensorProto) =>
    decodeOnnx(onnxFile({ sparseInitializer: [sparse] })).graph.constants.get('w');

  it.each([
    ['flat indices', indices([2], [1, 5])],
    ['coordinates', indices([2, 2], [0, 1, 1, 2])],
  ])('with %s are written out', (_name, index) => {
    expect(read({ values, indices: index, dims: [2, 3] })).toEqual({
      type: 'float32',
      dims: [2, 3],
      data: Float32Array.of(0, 5, 0, 0, 0, 7),
    });
  });

  it.each([
    ['an index outside', indices([2], [1, 6]), [2, 3], 'a sparse index lies outside its shape'],
    ['a coordinate outside', indices([2, 2], [0, 3, 0, 0]), [2, 3], 'a sparse index lies outside its shape'],
    ['too few indices', indices([1], [1]), [2, 3], '2 sparse values have 1 indices'],
    [
      'a gigabyte of zeros',
      indices([2], [1, 2]),
      [2 ** 28],
      'its sparse shape [268435456] needs more than 256 MB',
    ],
  ])('with %s are refused by name', (_name, index, dims, problem) => {
    expect(refusal({ sparseInitializer: [{ values, indices: index, dims }] })).toBe(
      `The data of tensor "w" are not usable: ${problem}.`,
    );
  });
});
