import { describe, expect, it } from 'vitest';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Attribute, Graph } from '../../../src/core/graph/graph';
import { resolveGraph } from '../../../src/core/graph/resolve';
import { int64Vector, type DataType, type Dims, type Tensor } from '../../../src/core/tensor/tensor';
import { everyTensor } from '../../support/everyTensor';
import { float, graphBuilder, int, ints } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { ruleNets } from '../../support/ruleNets';

const input = { name: 'input', dims: [1, 3, 6, 7] } as const;

function whole(g: GraphBuilder, name: string, ...values: number[]): TensorRef {
  return g.constant(name, int64Vector(values));
}

function scalar(g: GraphBuilder, name: string, value: number): TensorRef {
  return g.constant(name, { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });
}

function floats(g: GraphBuilder, name: string, dims: Dims, ...values: number[]): TensorRef {
  return g.constant(name, { type: 'float32', dims, data: Float32Array.from(values) });
}

const filled = (type: DataType, value: Tensor['data']): Record<string, Attribute> => ({
  value: { kind: 'tensor', value: { type, dims: [1], data: value } as Tensor },
});

interface Case {
  readonly build: (g: GraphBuilder) => TensorRef;
  readonly opset?: number;
}

const cases: Record<string, Case> = {
  Shape: { build: (g) => g.node('Shape', [g.input]) },
  'part of a Shape': {
    build: (g) => g.node('Shape', [g.input], { attributes: { start: int(1), end: int(-1) } }),
  },
  Size: { build: (g) => g.node('Size', [g.input]) },
  'Gather of a Shape': {
    build: (g) =>
      g.node('Gather', [g.node('Shape', [g.input]), whole(g, 'i', -1, 2)], { attributes: { axis: int(0) } }),
  },
  'scalar arithmetic': {
    build: (g) => {
      const side = g.node('Gather', [g.node('Shape', [g.input]), scalar(g, 'three', 3)]);
      const half = g.node('Div', [side, scalar(g, 'two', 2)]);
      return g.node('Sub', [g.node('Mul', [g.node('Add', [half, half]), side]), scalar(g, 'eight', 8)]);
    },
  },
  'negative whole division': {
    build: (g) => g.node('Div', [whole(g, 'a', -7, 7, -8), whole(g, 'b', 2, -2, 3)]),
  },
  'remainders with the sign of the divisor': {
    build: (g) => g.node('Mod', [whole(g, 'a', -7, 7, 7, -6), whole(g, 'b', 3, -3, 3, 3)]),
  },
  'remainders as in C': {
    build: (g) =>
      g.node('Mod', [whole(g, 'a', -7, 7, 7, -6), whole(g, 'b', 3, -3, 3, 3)], {
        attributes: { fmod: int(1) },
      }),
  },
  'minimum and maximum': {
    build: (g) =>
      g.node('Max', [g.node('Min', [whole(g, 'a', 1, 5), whole(g, 'b', 3, 2)]), whole(g, 'c', 2)]),
  },
  'maximum of three': {
    build: (g) => g.node('Max', [whole(g, 'a', 1, 5), whole(g, 'b', 3, 2), whole(g, 'c', 4, 4)]),
  },
  comparisons: {
    build: (g) => {
      const greater = g.node('Greater', [whole(g, 'a', 1, 5, 3), whole(g, 'b', 3)]);
      const less = g.node('Not', [g.node('Less', [whole(g, 'c', 1, 5, 3), whole(g, 'd', 3)])]);
      return g.node('Equal', [greater, less]);
    },
  },
  Where: {
    build: (g) =>
      g.node('Where', [
        g.node('Equal', [whole(g, 'a', 1, -1, 2), whole(g, 'b', -1)]),
        g.node('Gather', [g.node('Shape', [g.input]), whole(g, 'i', 1, 2, 3)]),
        whole(g, 'c', 9),
      ]),
  },
  'roots and powers': {
    build: (g) => g.node('Pow', [g.node('Sqrt', [floats(g, 'a', [3], 4, 2, 0.5)]), floats(g, 'b', [], 3)]),
  },
  'functions of one number': {
    build: (g) => {
      const x = g.node('Exp', [g.node('Neg', [floats(g, 'a', [3], 0.4, -2.5, 1)])]);
      const y = g.node('Add', [g.node('Floor', [x]), g.node('Ceil', [g.node('Reciprocal', [x])])]);
      return g.node('Log', [g.node('Abs', [y])]);
    },
  },
  'casts of shapes': {
    build: (g) => {
      const size = g.node('Cast', [g.node('Shape', [g.input])], { attributes: { to: int(1) } });
      const scaled = g.node('Mul', [size, floats(g, 'scale', [], 0.4)]);
      return g.node('Cast', [scaled], { attributes: { to: int(7) } });
    },
  },
  'casts of negative numbers': {
    build: (g) => g.node('Cast', [floats(g, 'a', [4], -1.7, 1.7, -0.2, 3)], { attributes: { to: int(6) } }),
  },
  'casts to truth': {
    build: (g) => g.node('Cast', [floats(g, 'a', [3], 0, 0.5, -1)], { attributes: { to: int(9) } }),
  },
  'constants of a shape': {
    build: (g) =>
      g.node('ConstantOfShape', [whole(g, 'n', 2, 3)], { attributes: filled('int64', BigInt64Array.of(5n)) }),
  },
  'constants of a shape, zero where nothing is said': {
    build: (g) => g.node('ConstantOfShape', [whole(g, 'n', 2, 3)]),
  },
  Range: {
    build: (g) => g.node('Range', [scalar(g, 'from', 7), scalar(g, 'to', -2), scalar(g, 'by', -3)]),
  },
  'product of a shape': {
    build: (g) => g.node('ReduceProd', [g.node('Shape', [g.input])], { attributes: { keepdims: int(0) } }),
  },
  'product of a shape, as a vector': { build: (g) => g.node('ReduceProd', [g.node('Shape', [g.input])]) },
  'product of the rows of a matrix': {
    build: (g) =>
      g.node('ReduceProd', [floats(g, 'a', [2, 2], 2, 3, 5, 7)], { attributes: { axes: ints(1) } }),
  },
  'weights turned about': {
    build: (g) => {
      const turned = g.node('Transpose', [g.weight('w', [2, 3, 4])], { attributes: { perm: ints(2, 0, 1) } });
      const flat = g.node('Reshape', [turned, whole(g, 'to', 0, -1)]);
      return g.node('Slice', [
        flat,
        whole(g, 's', 3, 0),
        whole(g, 'e', -99, 5),
        whole(g, 'ax', 0, 1),
        whole(g, 'st', -2, 2),
      ]);
    },
  },
  'weights put together': {
    build: (g) => {
      const both = g.node('Concat', [g.weight('a', [2, 3]), g.weight('b', [1, 3])], {
        attributes: { axis: int(-2) },
      });
      const spread = g.node('Unsqueeze', [both, whole(g, 'ax', 1, -1)]);
      return g.node('Squeeze', [
        g.node('Expand', [spread, whole(g, 'to', 2, 3, 2, 3, 1)]),
        whole(g, 'gone', 4),
      ]);
    },
  },
  'weights padded with a value': {
    build: (g) =>
      g.node('Pad', [g.weight('w', [2, 3]), whole(g, 'pads', 1, 0, 0, 2), floats(g, 'value', [], 1.5)]),
  },
  'weights padded by an attribute': {
    build: (g) =>
      g.node('Pad', [g.weight('w', [2, 3])], { attributes: { pads: ints(0, 1, 1, -1), value: float(-2) } }),
    opset: 10,
  },
  'whole numbers padded with nothing': {
    build: (g) => g.node('Pad', [whole(g, 'a', 4, 5), whole(g, 'pads', 2, 1)]),
  },
  'the second part of a Split': {
    build: (g) => {
      g.node('Split', [g.weight('w', [5, 2]), whole(g, 'sizes', 2, 3)], { name: 'split', outputs: 2 });
      return g.node('Identity', [{ name: 'split_output_1', dims: [3, 2] }]);
    },
  },
  'a Reshape that copies and infers': {
    build: (g) => {
      const shape = g.node('Shape', [g.node('Reshape', [g.weight('w', [2, 3, 4]), whole(g, 'to', 0, -1)])]);
      return g.node('Concat', [shape, whole(g, 'one', 1)], { attributes: { axis: int(0) } });
    },
  },
};

/** Everything that the core worked out without the image, held against ONNX Runtime. How many tensors that were. */
async function expectConstants(graph: Graph): Promise<number> {
  const { constants } = resolveGraph(graph, {
    inputs: new Map([[input.name, graph.inputs[0]!.shape as Dims]]),
  });
  const real = await everyTensor(encodeOnnx(graph), {
    name: input.name,
    dims: graph.inputs[0]!.shape as Dims,
  });
  let count = 0;
  for (const [name, { type, dims, data }] of Object.entries(real)) {
    const folded = constants.get(name);
    if (folded === undefined) continue;
    count++;
    expect([name, folded.type, folded.dims]).toEqual([name, type, dims]);
    Array.from<number | bigint>(folded.data).forEach((value, i) => {
      if (typeof value === 'bigint') expect(value, name).toBe(data[i]);
      else expect(Math.abs(value - Number(data[i])), name).toBeLessThanOrEqual(1e-6 * Math.abs(value));
    });
  }
  return count;
}

/** What is rarer in exports than what it costs to fold. */
const left = new Set(['remainders as in C', 'maximum of three', 'product of the rows of a matrix']);

describe('constants that follow from shapes and weights', () => {
  it.each(Object.entries(cases))('are those of ONNX Runtime: %s', async (name, { build, opset = 17 }) => {
    const g = graphBuilder({ input: input.dims, opset });
    const output = build(g);
    // The runtime wants an output that is known to depend on the input.
    const graph = g.build({ outputs: [g.relu(g.input)] });
    const folded = await expectConstants(graph);
    const nodes = graph.nodes.filter(({ outputs }) => !outputs.includes('relu1_output_0'));
    expect(nodes.at(-1)!.outputs).toContain(output.name);
    expect(folded).toBe(left.has(name) ? 0 : nodes.flatMap(({ outputs }) => outputs).length);
  });

  it.each(['valueOf', 'toString', 'constructor', '__proto__'])('are not made up by an operator %s', (op) => {
    const g = graphBuilder({ input: input.dims });
    const output = g.node(op, [g.weight('w', [2, 3])]);
    const graph = g.build({ outputs: [g.relu(g.input)] });
    const { constants, nodes } = resolveGraph(graph, { inputs: new Map([[input.name, input.dims]]) });
    expect(constants.has(output.name)).toBe(false);
    expect(nodes.map((node) => node.op)).toContain(op);
  });

  it('are found in whole networks', async () => {
    const spelled = ruleNets.find(({ name }) => name === 'batch norm spelled out')!;
    expect(await expectConstants(spelled.graph)).toBe(2);
  });
});
