import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Dimension, Graph } from '../../../src/core/graph/graph';
import { resolveGraph } from '../../../src/core/graph/resolve';
import { openNetwork, type Network } from '../../../src/core/network';
import { int64Vector, sizeOf } from '../../../src/core/tensor/tensor';
import { measureShapes } from '../../../src/engine/measureShapes';
import { everyTensor } from '../../support/everyTensor';
import { graphBuilder, int, ints } from '../../support/graphBuilder';
import type { GraphBuilder, TensorRef } from '../../support/graphBuilder';
import { caffeNet, vgg16 } from '../../support/paperNets';
import { runtime } from '../../support/recording';
import { ruleNets } from '../../support/ruleNets';
import { sharedModels } from '../../support/sharedMaterial';
import { smallNet } from '../../support/smallNet';
import { zfnet } from '../../support/zfnet';

/** The model that runs: the file itself, or with maps first where it keeps them last. */
function running({ resolved }: Network, graph: Graph, file: () => Uint8Array): Uint8Array {
  return resolved.graph === graph ? file() : encodeOnnx(resolved.graph);
}

/** Every tensor has the dimensions that ONNX Runtime gives it, and the grid covers them. */
async function expectShapes(
  { resolved, input }: Network,
  model: Uint8Array,
  precision?: 'half',
): Promise<void> {
  const real = await everyTensor(model, { ...input, ...(precision && { precision }) });
  const wrong: string[] = [];
  for (const [name, { dims }] of Object.entries(real)) {
    const known = resolved.shapes.get(name);
    if (known === undefined) continue;
    if (known.join() !== dims.join()) wrong.push(`${name}: [${known.join()}], really [${dims.join()}]`);
    const { maps, height, width } = resolved.grids.get(name)!;
    if (maps * height * width !== sizeOf(dims))
      wrong.push(`${name}: a grid of ${maps} x ${height} x ${width}`);
  }
  expect(wrong).toEqual([]);
}

function unknownTensors({ resolved }: Network): string[] {
  return resolved.nodes
    .flatMap(({ outputs }) => outputs)
    .filter((name) => name !== '' && !resolved.shapes.has(name));
}

const nets: { name: string; graph: Graph }[] = [
  ...ruleNets,
  { name: 'the small net', graph: smallNet() },
  { name: 'ZFNet', graph: zfnet({ width: 0.02 }) },
  { name: 'CaffeNet', graph: caffeNet() },
  { name: 'VGG-16', graph: vgg16() },
];

describe('shapes', () => {
  it.each(nets)('are those of ONNX Runtime: $name', async ({ graph }) => {
    const network = openNetwork(graph);
    expect(unknownTensors(network)).toEqual([]);
    expect(network.resolved.problems).toEqual(new Map());
    await expectShapes(
      network,
      running(network, graph, () => encodeOnnx(graph)),
    );
  });

  const files = [...sharedModels(), ...sharedModels('models/light')].map((file) => [
    path.basename(file),
    file,
  ]);
  if (files.length === 0) it.skip('are those of ONNX Runtime in trained models, which are absent here');
  it.each(files)('are those of ONNX Runtime: %s', { timeout: 120_000 }, async (name, file) => {
    const bytes = readFileSync(file);
    const { graph } = decodeOnnx(bytes, { file: name });
    const network = await measureShapes(graph, { inputSize: undefined }, runtime);
    expect(unknownTensors(network)).toEqual([]);
    const model = running(network, graph, () => bytes);
    await expectShapes(network, model, name.includes('fp16') ? 'half' : undefined);
  });
});

/** As exporters write `x.view(x.size(0), -1)`: the batch size by Shape and Gather, then Concat and Reshape. */
function flattenByHand(g: GraphBuilder, x: TensorRef): TensorRef {
  const scalar = (name: string, value: number) =>
    g.constant(name, { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });
  const shape = g.node('Shape', [x], { dims: [4] });
  const batch = g.node('Gather', [shape, scalar('zero', 0)], { dims: [], attributes: { axis: int(0) } });
  const first = g.node('Unsqueeze', [batch, g.constant('axis', int64Vector([0]))], { dims: [1] });
  const target = g.node('Concat', [first, g.constant('rest', int64Vector([-1]))], {
    dims: [2],
    attributes: { axis: int(0) },
  });
  return g.node('Reshape', [x, target], { dims: [1, sizeOf(x.dims)] });
}

describe('open dimensions', () => {
  const open = (declared: readonly Dimension[]) => {
    const g = graphBuilder({ input: [1, 3, 20, 24], declared });
    const x = g.maxPool(g.relu(g.conv(g.input, { out: 4, kernel: 3 })), { kernel: 2, stride: 2 });
    return g.build({ outputs: [g.averagePool(x, { kernel: 3 }), flattenByHand(g, x)] });
  };

  it.each([
    [
      ['N', 3, 'H', 'W'],
      [20, 24],
    ],
    [
      [null, 3, null, null],
      [31, 17],
    ],
    [
      [1, 'C', 20, 'W'],
      [20, 40],
    ],
  ] as const)('are filled in: %j', async (declared, inputSize) => {
    const graph = open(declared);
    const network = openNetwork(graph, { inputSize });
    expect(network.input.dims).toEqual([1, 3, ...inputSize]);
    expect(unknownTensors(network)).toEqual([]);
    await expectShapes(network, encodeOnnx(graph));
  });

  it('are 224 where nobody says', () => {
    expect(openNetwork(open(['N', 3, 'H', 'W'])).input.dims).toEqual([1, 3, 224, 224]);
  });

  it('are the batch size that is asked for', () => {
    const network = openNetwork(open(['N', 3, 20, 24]), { batch: 5 });
    expect(network.input.dims).toEqual([5, 3, 20, 24]);
    expect(network.resolved.shapes.get('reshape1_output_0')).toEqual([5, 396]);
  });

  it('refuse a size that the model does not take', () => {
    expect(() => openNetwork(open(['N', 3, 20, 24]), { inputSize: [21, 24] })).toThrow(UserError);
  });
});

describe('a model without an image input', () => {
  const withInput = (shape: readonly Dimension[] | null, type: 'float32' | 'int64' = 'float32'): Graph => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const graph = g.build({ outputs: [g.relu(g.input)] });
    return { ...graph, inputs: [{ name: 'input', type, shape }] };
  };

  it.each([
    ['no shape', withInput(null)],
    ['three axes', withInput([1, 8, 8])],
    ['two channels', withInput([1, 2, 8, 8])],
    ['whole numbers', withInput([1, 3, 8, 8], 'int64')],
    ['no pixels', withInput([1, 3, 0, 8])],
    ['no inputs', { ...withInput([1, 3, 8, 8]), inputs: [] }],
    [
      'two inputs',
      { ...withInput([1, 3, 8, 8]), inputs: [...withInput([1, 3, 8, 8]).inputs, ...withInput([1]).inputs] },
    ],
  ])('is refused: %s', (_name, graph) => {
    expect(() => openNetwork(graph)).toThrow(/takes no image/);
  });
});

describe('operators that do not fit their inputs', () => {
  const cases: Record<string, (g: GraphBuilder) => TensorRef> = {
    'a convolution over other channels': (g) =>
      g.node('Conv', [g.input, g.weight('w', [4, 5, 3, 3])], { dims: [1, 4, 6, 6] }),
    'a window larger than its input': (g) => g.conv(g.input, { out: 2, kernel: 11 }),
    'a reshape that loses values': (g) => g.reshape(g.input, [1, 5]),
    'operands that do not broadcast': (g) => g.add(g.input, g.weight('w', [5])),
    'a concatenation of other sizes': (g) => g.concat([g.input, g.averagePool(g.input, { kernel: 2 })]),
    'a matrix for other features': (g) => g.node('MatMul', [g.flatten(g.input), g.weight('w', [5, 4])]),
    'a kernel of three axes': (g) =>
      g.node('MaxPool', [g.input], { attributes: { kernel_shape: ints(2, 2, 2) } }),
    'a pool without a kernel': (g) => g.node('MaxPool', [g.input]),
    'an axis that is not there': (g) =>
      g.node('Concat', [g.input, g.input], { attributes: { axis: int(7) } }),
    'a slice along an axis that is not there': (g) =>
      g.node('Slice', [g.input, ...[0, 1, 9].map((value, i) => g.constant(`s${i}`, int64Vector([value])))]),
    'a transposition of other axes': (g) =>
      g.node('Transpose', [g.input], { attributes: { perm: ints(0, 9, 2, 3) } }),
    'a gather beyond the end': (g) => {
      const shape = g.node('Shape', [g.input], { dims: [4] });
      const index = g.constant('far', int64Vector([12]));
      return g.reshape(
        g.node('Reshape', [g.input, g.node('Gather', [shape, index], { dims: [1] })]),
        [1, -1],
      );
    },
    'a shape divided by zero': (g) => {
      const shape = g.node('Shape', [g.input], { dims: [4] });
      return g.node('Reshape', [g.input, g.div(shape, g.constant('zero', int64Vector([0])))]);
    },
    'a shape of no number': (g) => {
      const root = g.node('Sqrt', [
        g.constant('minus', { type: 'float32', dims: [1], data: Float32Array.of(-1) }),
      ]);
      return g.node('Reshape', [g.input, g.node('Cast', [root], { attributes: { to: int(7) } })]);
    },
    'constants beyond all memory': (g) =>
      g.node('ConstantOfShape', [g.constant('huge', int64Vector([2 ** 20, 2 ** 20]))]),
    'a range that never ends': (g) => {
      const bounds = [0, 5, 0].map((value, i) =>
        g.constant(`r${i}`, { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) }),
      );
      return g.node('Range', bounds);
    },
    'no inputs at all': (g) => g.node('Add', []),
    'no features': (g) => g.node('Relu', []),
    'no filters': (g) => g.node('Conv', [g.input]),
    'constants of negative size': (g) =>
      g.node('ConstantOfShape', [g.constant('n', int64Vector([3, -3]))], { dims: [3] }),
  };

  it.each(Object.entries(cases))('are reported by name and hurt no layer before them: %s', (_name, build) => {
    const g = graphBuilder({ input: [1, 3, 8, 8] });
    const before = g.conv(g.input, { name: 'before', out: 4, kernel: 3, pad: 1 });
    const strange = build(g);
    const graph = g.build({ outputs: [before, g.relu(strange, { name: 'behind' })] });
    const resolved = resolveGraph(graph, { inputs: new Map([['input', [1, 3, 8, 8]]]) });
    expect(resolved.shapes.get(before.name)).toEqual([1, 4, 8, 8]);
    const [problem] = [...resolved.problems];
    expect(problem).toBeDefined();
    expect(problem![1]).toContain(problem![0]);
    expect(resolved.shapes.has('behind_output_0')).toBe(false);
  });
});
