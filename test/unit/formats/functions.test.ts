import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { intsAttribute, node, onnxFile, valueInfo } from '../../support/onnxModel';
import { runOnnx } from '../../support/runOnnx';

const { AttributeType } = onnx.AttributeProto;
const opsetImport = [{ domain: '', version: 17 }];
const imports = [...opsetImport, { domain: 'my', version: 1 }];

const call = (op: string, input: string[], output: string[], more: Partial<onnx.INodeProto> = {}) =>
  node(op, input, output, { domain: 'my', ...more });

const alpha = (f: number): onnx.IAttributeProto => ({ name: 'alpha', type: AttributeType.FLOAT, f });

/** LeakyRelu(a) * b with the slope of the caller. */
const gated: onnx.IFunctionProto = {
  name: 'Gated',
  domain: 'my',
  input: ['a', 'b'],
  output: ['product'],
  attribute: ['slope'],
  node: [
    node('LeakyRelu', ['a'], ['h'], {
      name: 'act',
      attribute: [{ name: 'alpha', type: AttributeType.FLOAT, refAttrName: 'slope' }],
    }),
    node('Mul', ['h', 'b'], ['product']),
  ],
  opsetImport,
};

const twice: onnx.IFunctionProto = {
  name: 'Twice',
  domain: 'my',
  input: ['a'],
  output: ['out'],
  node: [
    call('Gated', ['a', 'a'], ['once'], { name: 'first', attribute: [{ ...alpha(0.5), name: 'slope' }] }),
    call('Gated', ['once', 'once'], ['out'], { name: 'second' }),
  ],
  opsetImport: imports,
};

const file = (nodes: onnx.INodeProto[], functions: onnx.IFunctionProto[], output = [valueInfo('y')]) =>
  onnxFile({ node: nodes, output }, { functions, opsetImport: imports });

function refusal(nodes: onnx.INodeProto[], functions: onnx.IFunctionProto[]): string {
  try {
    decodeOnnx(file(nodes, functions));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

const x = { dims: [1, 2, 4, 4], data: Float32Array.from({ length: 32 }, (_, i) => Math.sin(i)) };

describe('model-local functions', () => {
  it('become their nodes, named after the call', () => {
    const nodes = [call('Twice', ['x'], ['y'], { name: 'block' })];
    const { graph } = decodeOnnx(file(nodes, [gated, twice]));
    expect(
      graph.nodes.map(({ name, op, inputs, outputs }) => [name, op, ...inputs, '->', ...outputs]),
    ).toEqual([
      ['block/first/act', 'LeakyRelu', 'x', '->', 'block/first/h'],
      ['block/first/Mul_product', 'Mul', 'block/first/h', 'x', '->', 'block/once'],
      ['block/second/act', 'LeakyRelu', 'block/once', '->', 'block/second/h'],
      ['block/second/Mul_product', 'Mul', 'block/second/h', 'block/once', '->', 'y'],
    ]);
    expect(graph.nodes.map(({ attributes }) => attributes.get('alpha'))).toEqual([
      { kind: 'float', value: 0.5 },
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['nested calls', [call('Twice', ['x'], ['y'], { name: 'block' })], [valueInfo('y')]],
    ['unnamed calls', [call('Twice', ['x'], ['h']), call('Twice', ['h'], ['y'])], [valueInfo('y')]],
    [
      'attributes',
      [call('Gated', ['x', 'x'], ['y'], { attribute: [{ ...alpha(0.2), name: 'slope' }] })],
      [valueInfo('y')],
    ],
  ])('compute what ONNX Runtime computes: %s', async (_what, nodes, outputs) => {
    const original = file(nodes, [gated, twice], outputs);
    const inlined = encodeOnnx(decodeOnnx(original).graph);
    expect(await runOnnx(inlined, { x })).toEqual(await runOnnx(original, { x }));
  });

  it('hand an input through as an output', () => {
    const both: onnx.IFunctionProto = { ...gated, name: 'Both', output: ['product', 'a'] };
    const { graph } = decodeOnnx(
      file([call('Both', ['x', 'x'], ['y', 'same'])], [both], [valueInfo('same')]),
    );
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'Identity', inputs: ['x'], outputs: ['same'] });
  });

  const calling = (name: string, inner: onnx.INodeProto): onnx.IFunctionProto => ({
    ...twice,
    name,
    node: [inner],
  });
  const body = { name: 'b', node: [call('Twice', ['x'], ['n'])], output: [valueInfo('n')] };
  const branch = [{ name: 'then_branch', type: AttributeType.GRAPH, g: body }];

  it.each<[string, onnx.INodeProto[], onnx.IFunctionProto[], string]>([
    [
      'themselves',
      [call('A', ['x'], ['y'])],
      [calling('A', call('B', ['a'], ['out'])), calling('B', call('A', ['a'], ['out']))],
      'function "A" calls itself',
    ],
    [
      'another operator set',
      [call('Twice', ['x'], ['y'])],
      [{ ...twice, opsetImport: [{ version: 9 }] }],
      'function "Twice" uses another operator set than the graph',
    ],
    [
      'control flow',
      [call('A', ['x'], ['y'])],
      [calling('A', node('If', ['a'], ['out'], { attribute: branch }))],
      'function "A" contains control flow',
    ],
    [
      'attributes with default values',
      [call('A', ['x'], ['y'])],
      [
        calling(
          'A',
          node('Elu', ['a'], ['out'], { attribute: [{ name: 'alpha', refAttrName: 'unlisted' }] }),
        ),
      ],
      'function "A" has a default value for "unlisted"',
    ],
    [
      'calls from control flow',
      [node('If', ['x'], ['y'], { attribute: branch })],
      [gated, twice],
      'function "Twice" is called from control flow',
    ],
  ])('with %s are refused by name', (_what, nodes, functions, problem) => {
    expect(refusal(nodes, functions)).toBe(`The model's ${problem}.`);
  });

  it('that multiply beyond any real model are refused soon', () => {
    const bomb = Array.from({ length: 64 }, (_, i): onnx.IFunctionProto => {
      const deeper = [call(`F${i + 1}`, ['a'], ['h']), call(`F${i + 1}`, ['h'], ['out'])];
      return { name: `F${i}`, domain: 'my', input: ['a'], output: ['out'], node: i === 63 ? [] : deeper };
    });
    expect(refusal([call('F0', ['x'], ['y'])], bomb)).toMatch(/makes the graph larger than 200000 nodes/);
  });

  it('without shapes keep attributes of the call that the body does not use out', () => {
    const nodes = [call('Twice', ['x'], ['y'], { attribute: [intsAttribute('unused', 1)] })];
    const { graph } = decodeOnnx(file(nodes, [gated, twice]));
    expect(graph.nodes.some(({ attributes }) => attributes.has('unused'))).toBe(false);
  });
});
