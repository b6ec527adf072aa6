import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { intAttribute, intsAttribute, node, onnxFile, valueInfo } from '../../support/onnxModel';
import { runOnnx } from '../../support/runOnnx';

const { DataType } = onnx.TensorProto;

const tensor = (name: string, dims: number[], floatData: number[]) => ({
  name,
  dims,
  dataType: DataType.FLOAT,
  floatData,
});

const four = [1, 2, 3, 4];
const initializer = [
  tensor(
    'full',
    [1, 2, 4, 4],
    Array.from({ length: 32 }, (_, i) => i / 8 - 2),
  ),
  tensor('row', [4], four),
  tensor('two', [2], [0.5, 2]),
  tensor('one', [1], [0.25]),
  tensor(
    'square',
    [4, 4],
    Array.from({ length: 16 }, (_, i) => i),
  ),
];
const x = { dims: [1, 2, 4, 4], data: Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)) };

interface Case {
  readonly opset: number;
  readonly nodes: readonly onnx.INodeProto[];
  /** The same computation in operator set 7, written by hand. */
  readonly today: readonly onnx.INodeProto[];
}

const cases: Record<string, Case> = {
  'Add of equal shapes': {
    opset: 6,
    nodes: [node('Add', ['x', 'full'], ['y'])],
    today: [node('Add', ['x', 'full'], ['y'])],
  },
  'Mul that broadcasts a suffix': {
    opset: 6,
    nodes: [node('Mul', ['x', 'row'], ['y'], { attribute: [intAttribute('broadcast', 1)] })],
    today: [node('Mul', ['x', 'row'], ['y'])],
  },
  'Gemm that broadcasts': {
    opset: 6,
    nodes: [
      node('Reshape', ['x'], ['flat'], { attribute: [intsAttribute('shape', 8, 4)] }),
      node('Gemm', ['flat', 'square', 'row'], ['y'], { attribute: [intAttribute('broadcast', 1)] }),
    ].map((each) => (each.opType === 'Reshape' ? node('Reshape', ['x', 'shape'], ['flat']) : each)),
    today: [node('Reshape', ['x', 'shape'], ['flat']), node('Gemm', ['flat', 'square', 'row'], ['y'])],
  },
  'BatchNormalization and Dropout in test mode': {
    opset: 6,
    nodes: [
      node('BatchNormalization', ['x', 'two', 'two', 'two', 'two'], ['n'], {
        attribute: [intAttribute('is_test', 1)],
      }),
      node('Dropout', ['n'], ['y'], { attribute: [intAttribute('is_test', 1)] }),
    ],
    today: [node('BatchNormalization', ['x', 'two', 'two', 'two', 'two'], ['y'])],
  },
  'PRelu with one slope': {
    opset: 6,
    nodes: [node('PRelu', ['x', 'one'], ['y'])],
    today: [node('PRelu', ['x', 'one'], ['y'])],
  },
  'Reshape with the shape as attribute, Relu with consumed inputs': {
    opset: 4,
    nodes: [
      node('Relu', ['x'], ['r'], { attribute: [intsAttribute('consumed_inputs', 0)] }),
      node('Reshape', ['r'], ['y'], { name: 'flat', attribute: [intsAttribute('shape', 2, -1)] }),
    ],
    today: [node('Relu', ['x'], ['r']), node('Reshape', ['r', 'two-rows'], ['y'])],
  },
  'Concat without an axis': {
    opset: 3,
    nodes: [node('Concat', ['x', 'full'], ['y'])],
    today: [node('Concat', ['x', 'full'], ['y'], { attribute: [intAttribute('axis', 1)] })],
  },
  'Pad with paddings': {
    opset: 1,
    nodes: [node('Pad', ['x'], ['y'], { attribute: [intsAttribute('paddings', 0, 0, 1, 2, 0, 0, 3, 4)] })],
    today: [node('Pad', ['x'], ['y'], { attribute: [intsAttribute('pads', 0, 0, 1, 2, 0, 0, 3, 4)] })],
  },
};

const shapes = [
  { name: 'shape', dims: [2], dataType: DataType.INT64, int64Data: [8, 4] },
  { name: 'two-rows', dims: [2], dataType: DataType.INT64, int64Data: [2, -1] },
];

function file(nodes: readonly onnx.INodeProto[], opset: number): Uint8Array {
  const graph = { node: [...nodes], initializer: [...initializer, ...shapes], output: [{ name: 'y' }] };
  return onnxFile({ ...graph, input: [valueInfo('x')] }, { opsetImport: [{ version: opset }] });
}

describe('operator sets before 7', () => {
  it.each(Object.entries(cases))(
    '%s computes the same in operator set 7',
    async (_name, { nodes, today, opset }) => {
      const { graph } = decodeOnnx(file(nodes, opset));
      expect(graph.opset).toBe(7);
      const expected = await runOnnx(encodeOnnx(decodeOnnx(file(today, 7)).graph), { x });
      expect(await runOnnx(encodeOnnx(graph), { x })).toEqual(expected);
    },
  );

  it.each<[string, number, onnx.INodeProto]>([
    [
      'broadcasting along an axis',
      6,
      node('Add', ['x', 'two'], ['y'], { attribute: [intAttribute('axis', 1)] }),
    ],
    ['PRelu with a slope per channel', 6, node('PRelu', ['x', 'two'], ['y'])],
    ['Upsample with width_scale', 6, node('Upsample', ['x'], ['y'])],
    ['Cast by name', 5, node('Cast', ['x'], ['y'])],
  ])('%s is refused with node and operator set', (_what, opset, each) => {
    const named = { ...each, name: 'the-node' };
    try {
      decodeOnnx(file([named], opset), { file: 'old.onnx' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toBe(
        `old.onnx uses operator set ${opset}, in which ${each.opType} (node "the-node") works differently from today.`,
      );
      expect((error as UserError).hint).toContain('opset_version');
    }
  });
});
