import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import type { Attribute } from '../../../src/core/graph/graph';
import { intAttribute, node, onnxFile, valueInfo } from '../../support/onnxModel';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

const decode = (graph: Partial<onnx.IGraphProto> = {}, model: Partial<onnx.IModelProto> = {}) =>
  decodeOnnx(onnxFile(graph, model), { file: 'm.onnx' });

function refusal(graph: Partial<onnx.IGraphProto>, model: Partial<onnx.IModelProto> = {}): string {
  try {
    decode(graph, model);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

const weight = (name: string, ...values: number[]): onnx.ITensorProto => ({
  name,
  dims: [values.length],
  dataType: DataType.FLOAT,
  floatData: values,
});

describe('inputs and outputs', () => {
  it('keep sizes, names of open dimensions and unknown ones', () => {
    const { graph } = decode({
      input: [valueInfo('x', ['batch', 3, null, 0]), valueInfo('mask', [], DataType.BOOL)],
      output: [{ name: 'y', type: { tensorType: { elemType: DataType.FLOAT } } }],
    });
    expect(graph.inputs).toEqual([
      { name: 'x', type: 'float32', shape: ['batch', 3, null, null] },
      { name: 'mask', type: 'bool', shape: [] },
    ]);
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', shape: null }]);
  });

  it('leave out initializers that old files list as inputs', () => {
    const { graph } = decode(
      {
        node: [node('Add', ['x', 'w'], ['y'])],
        input: [valueInfo('w', [1]), valueInfo('x')],
        initializer: [weight('w', 2)],
      },
      { irVersion: 3, opsetImport: [{ version: 8 }] },
    );
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
    expect([...graph.constants.keys()]).toEqual(['w']);
  });

  it('get the type that their producer makes where the file leaves it out', () => {
    const { graph } = decode({
      node: [
        node('ArgMax', ['x'], ['label']),
        node('MaxPool', ['x'], ['pooled', 'switches']),
        node('Cast', ['x'], ['small'], { attribute: [intAttribute('to', DataType.UINT8)] }),
      ],
      output: ['label', 'pooled', 'switches', 'small'].map((name) => ({ name })),
    });
    expect(graph.outputs.map(({ type }) => type)).toEqual(['int64', 'float32', 'int64', 'uint8']);
  });

  it('that are no tensors are left out with a warning', () => {
    const { graph, diagnostics } = decode({
      node: [node('Relu', ['x'], ['y']), node('ZipMap', ['y'], ['z'], { domain: 'ai.onnx.ml' })],
      output: [valueInfo('y'), { name: 'z', type: { sequenceType: {} } }],
    });
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y']);
    expect(diagnostics).toEqual([
      { severity: 'warning', message: 'Output "z" is no tensor of numbers and is left out.' },
    ]);
  });

  it.each([
    [{ name: 'x', type: { sequenceType: {} } }, 'The model\'s input "x" is not a tensor.'],
    [{ name: 'x' }, 'The model\'s input "x" is not a tensor.'],
    [valueInfo('x', [1], DataType.STRING), 'The model\'s input "x" has element type string.'],
  ])('refuse an input that is no tensor of numbers', (input, message) => {
    expect(refusal({ input: [input] })).toBe(message);
  });
});

describe('half precision', () => {
  it.each([DataType.FLOAT16, DataType.BFLOAT16])('becomes float32 everywhere (type %d)', (half) => {
    const { graph } = decode({
      node: [
        node('Cast', ['x'], ['c'], { attribute: [intAttribute('to', half)] }),
        node('RandomNormalLike', ['c'], ['r'], { attribute: [intAttribute('dtype', half)] }),
        node('ConstantOfShape', ['s'], ['f'], {
          attribute: [
            { name: 'value', type: AttributeType.TENSOR, t: { dims: [1], dataType: half, int32Data: [0] } },
          ],
        }),
        node('Add', ['r', 'f'], ['y']),
      ],
      input: [valueInfo('x', [1], half), valueInfo('s', [1], DataType.INT64)],
      output: [valueInfo('y', [1], half)],
      initializer: [{ name: 'w', dims: [1], dataType: half, int32Data: [0] }],
    });
    expect(graph.inputs[0]?.type).toBe('float32');
    expect(graph.outputs[0]?.type).toBe('float32');
    expect(graph.constants.get('w')?.type).toBe('float32');
    const attributes = graph.nodes.flatMap((each) => [...each.attributes]);
    const value: Attribute = {
      kind: 'tensor',
      value: { type: 'float32', dims: [1], data: Float32Array.of(0) },
    };
    expect(attributes).toEqual([
      ['to', { kind: 'int', value: DataType.FLOAT }],
      ['dtype', { kind: 'int', value: DataType.FLOAT }],
      ['value', value],
    ]);
  });

  it('does not touch integers that look like its number', () => {
    const { graph } = decode({
      node: [
        node('Cast', ['x'], ['i'], { attribute: [intAttribute('to', DataType.INT32)] }),
        node('Softmax', ['i'], ['y'], { attribute: [intAttribute('to', 10)] }),
      ],
    });
    expect(graph.nodes.map(({ attributes }) => attributes.get('to'))).toEqual([
      { kind: 'int', value: DataType.INT32 },
      { kind: 'int', value: 10 },
    ]);
  });

  it('inside control flow is refused by node', () => {
    const body = {
      name: 'b',
      node: [node('Cast', ['x'], ['h'], { attribute: [intAttribute('to', DataType.FLOAT16)] })],
      output: [valueInfo('h')],
    };
    const attribute = [{ name: 'then_branch', type: AttributeType.GRAPH, g: body }];
    expect(refusal({ node: [node('If', ['x'], ['y'], { name: 'choose', attribute })] })).toBe(
      'Node "choose" computes in half precision inside its control flow.',
    );
  });
});

describe('constants', () => {
  it('of every spelling of Constant nodes leave the nodes', () => {
    const constant = (output: string, attribute: onnx.IAttributeProto) =>
      node('Constant', [], [output], { attribute: [attribute] });
    const { graph } = decode({
      node: [
        constant('t', { name: 'value', type: AttributeType.TENSOR, t: weight('', 1, 2) }),
        constant('f', { name: 'value_float', type: AttributeType.FLOAT, f: 0.5 }),
        constant('fs', { name: 'value_floats', type: AttributeType.FLOATS, floats: [1, 2] }),
        constant('i', { name: 'value_int', type: AttributeType.INT, i: -3 }),
        constant('is', { name: 'value_ints', type: AttributeType.INTS, ints: [4, 5] }),
        constant('s', { name: 'value_string', type: AttributeType.STRING, s: Uint8Array.of(97) }),
        node('Relu', ['x'], ['y']),
      ],
      output: [valueInfo('y'), valueInfo('t', [2])],
    });
    expect(graph.nodes.map(({ op, outputs }) => [op, ...outputs])).toEqual([
      ['Constant', 's'],
      ['Relu', 'y'],
    ]);
    expect(Object.fromEntries(graph.constants)).toEqual({
      t: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) },
      f: { type: 'float32', dims: [], data: Float32Array.of(0.5) },
      fs: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) },
      i: { type: 'int64', dims: [], data: BigInt64Array.of(-3n) },
      is: { type: 'int64', dims: [2], data: BigInt64Array.of(4n, 5n) },
    });
  });
});

describe('attributes', () => {
  const attributes: [string, onnx.IAttributeProto, Attribute][] = [
    ['int', { type: AttributeType.INT, i: -7 }, { kind: 'int', value: -7 }],
    ['int that proto3 writers leave out', { type: AttributeType.INT }, { kind: 'int', value: 0 }],
    ['float', { type: AttributeType.FLOAT, f: 0.25 }, { kind: 'float', value: 0.25 }],
    ['string', { type: AttributeType.STRING, s: Buffer.from('größer') }, { kind: 'string', value: 'größer' }],
    ['ints', { type: AttributeType.INTS, ints: [1, -1] }, { kind: 'ints', value: [1, -1] }],
    ['floats', { type: AttributeType.FLOATS, floats: [0.5] }, { kind: 'floats', value: [0.5] }],
    [
      'strings',
      { type: AttributeType.STRINGS, strings: [Buffer.from('a'), Buffer.from('')] },
      { kind: 'strings', value: ['a', ''] },
    ],
    ['untyped int', { i: 3 }, { kind: 'int', value: 3 }],
    ['untyped ints', { ints: [3] }, { kind: 'ints', value: [3] }],
    ['untyped float', { f: 3 }, { kind: 'float', value: 3 }],
    ['untyped string', { s: Buffer.from('SAME_UPPER') }, { kind: 'string', value: 'SAME_UPPER' }],
  ];

  it.each(attributes)('%s', (_name, proto, attribute) => {
    const { graph } = decode({ node: [node('Op', ['x'], ['y'], { attribute: [{ name: 'a', ...proto }] })] });
    expect(graph.nodes[0]?.attributes.get('a')).toEqual(attribute);
  });

  it('beyond 2^53 stay at the end of the range they came from', () => {
    const attribute = [{ name: 'ends', type: AttributeType.INTS, ints: [2 ** 63 - 1024] }];
    const bytes = onnxFile({ node: [node('Slice', ['x'], ['y'], { attribute })] });
    // 2^63 - 1, which a double cannot hold, in place of the largest double below 2^63.
    const at = Buffer.from(bytes).indexOf(
      Buffer.from([0x80, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    );
    bytes.set([0xff, 0xff], at);
    const first = decodeOnnx(bytes).graph;
    const again = decodeOnnx(encodeOnnx(first)).graph;
    expect(first.nodes[0]?.attributes.get('ends')).toEqual({ kind: 'ints', value: [2 ** 63] });
    expect(again.nodes).toEqual(first.nodes);
    expect(Buffer.from(encodeOnnx(first)).includes(Buffer.from(bytes.subarray(at, at + 9)))).toBe(true);
  });

  it('that the graph has no kind for are written back as they were', () => {
    const attribute = [
      { name: 'bytes', type: AttributeType.STRING, s: Uint8Array.of(0xff, 0xfe) },
      {
        name: 'body',
        type: AttributeType.GRAPH,
        g: { name: 'inner', node: [node('Neg', ['x'], ['n'])], output: [valueInfo('n')] },
      },
    ];
    const { graph } = decode({ node: [node('If', ['x'], ['y'], { attribute })] });
    expect([...(graph.nodes[0]?.attributes.values() ?? [])].map(({ kind }) => kind)).toEqual([
      'opaque',
      'opaque',
    ]);
    const written = onnx.ModelProto.decode(encodeOnnx(graph)).graph?.node?.[0]?.attribute;
    const sent = onnx.ModelProto.decode(onnxFile({ node: [node('If', ['x'], ['y'], { attribute })] }));
    expect(written?.map((each) => onnx.AttributeProto.toObject(each as onnx.AttributeProto))).toEqual(
      sent.graph?.node?.[0]?.attribute?.map((each) =>
        onnx.AttributeProto.toObject(each as onnx.AttributeProto),
      ),
    );
  });
});

describe('nodes', () => {
  const names = (...nodes: onnx.INodeProto[]) => decode({ node: nodes }).graph.nodes.map(({ name }) => name);

  it('without a name are called after operator and output', () => {
    expect(names(node('Relu', ['x'], ['h']), node('Conv', ['h'], ['y']))).toEqual(['Relu_h', 'Conv_y']);
  });

  it('with the same name get numbers, without taking the name of another', () => {
    expect(
      names(
        node('Relu', ['x'], ['a'], { name: 'r' }),
        node('Relu', ['a'], ['b'], { name: 'r' }),
        node('Relu', ['b'], ['c'], { name: 'r_2' }),
        node('Relu', ['c'], ['d'], { name: 'r' }),
        node('Relu', ['d'], ['y']),
        node('Relu', ['d'], ['z'], { name: 'Relu_y' }),
      ),
    ).toEqual(['r', 'r_3', 'r_2', 'r_4', 'Relu_y_2', 'Relu_y']);
  });

  it('of unknown operators and other domains are kept', () => {
    const { graph } = decode(
      {
        node: [
          node('Relu', ['x'], ['h'], { domain: 'ai.onnx' }),
          node('FusedConv', ['h', '', 'h'], ['y', ''], { domain: 'com.microsoft' }),
        ],
      },
      {
        opsetImport: [
          { domain: 'ai.onnx', version: 13 },
          { domain: 'com.microsoft', version: 1 },
        ],
      },
    );
    expect(graph.opset).toBe(13);
    expect(graph.domains).toEqual(new Map([['com.microsoft', 1]]));
    expect(graph.nodes.map(({ domain }) => domain)).toEqual(['', 'com.microsoft']);
    expect(graph.nodes[1]).toMatchObject({ inputs: ['h', '', 'h'], outputs: ['y', ''] });
  });

  it('are sorted topologically and otherwise stay in order', () => {
    const { graph } = decode({
      node: [
        node('C', ['b', 'a'], ['y']),
        node('B', ['a'], ['b']),
        node('D', ['x'], ['d']),
        node('A', ['x'], ['a']),
      ],
    });
    expect(graph.nodes.map(({ op }) => op)).toEqual(['A', 'B', 'C', 'D']);
  });

  it('wait for what their subgraphs read', () => {
    const g = { name: 'b', node: [node('Neg', ['late'], ['n'])], output: [valueInfo('n')] };
    const attribute = [{ name: 'then_branch', type: AttributeType.GRAPH, g }];
    const { graph } = decode({
      node: [node('If', ['x'], ['y'], { attribute }), node('Relu', ['x'], ['late'])],
    });
    expect(graph.nodes.map(({ op }) => op)).toEqual(['Relu', 'If']);
  });

  it('may be a chain deeper than the call stack, written backwards', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => node('Relu', [`t${i}`], [`t${i + 1}`])).reverse();
    const { graph } = decode({ node: chain, input: [valueInfo('t0')], output: [valueInfo('t20000')] });
    expect(graph.nodes[0]?.inputs).toEqual(['t0']);
    expect(graph.nodes).toHaveLength(20_000);
  });

  it.each<[string, Partial<onnx.IGraphProto>, string]>([
    [
      'a missing input',
      { node: [node('Conv', ['x', 'w'], ['y'], { name: 'conv1' })] },
      'Node "conv1" reads "w", which nothing in the model makes.',
    ],
    [
      'a cycle',
      {
        node: [node('A', ['x', 'c'], ['b'], { name: 'a' }), node('C', ['b'], ['c']), node('Y', ['c'], ['y'])],
      },
      'The graph runs in a circle through node "a".',
    ],
    [
      'a node that reads itself',
      { node: [node('Loop', ['y'], ['y'], { name: 'self' })] },
      'The graph runs in a circle through node "self".',
    ],
    [
      'two sources of one tensor',
      { node: [node('Relu', ['x'], ['y']), node('Neg', ['x'], ['y'], { name: 'second' })] },
      'Node "second" makes "y", which the model already makes elsewhere.',
    ],
    [
      'a node that overwrites an input',
      { node: [node('Relu', ['x'], ['x'], { name: 'r' })], output: [valueInfo('x')] },
      'Node "r" makes "x", which the model already makes elsewhere.',
    ],
    [
      'a node that overwrites a weight',
      { node: [node('Relu', ['x'], ['y'], { name: 'r' })], initializer: [weight('y', 1)] },
      'Node "r" makes "y", which the model already makes elsewhere.',
    ],
    [
      'an output from nowhere',
      { output: [valueInfo('z')] },
      'The model declares the output "z", which nothing in it makes.',
    ],
    ['no nodes', { node: [] }, 'm.onnx holds a graph without nodes.'],
    ['no outputs', { output: [] }, 'm.onnx holds a graph without outputs.'],
  ])('with %s are refused by name', (_what, graph, message) => {
    expect(refusal(graph)).toBe(message);
  });
});

describe('the model', () => {
  it('brings its metadata', () => {
    const { graph } = decode(
      { docString: 'about the graph' },
      {
        irVersion: 3,
        producerName: 'pytorch',
        producerVersion: '2.1',
        domain: 'org.example',
        modelVersion: 4,
        docString: 'about the model',
        metadataProps: [
          { key: 'epoch', value: '20' },
          { key: 'onnx.producer_name', value: 'a liar' },
        ],
      },
    );
    expect(Object.fromEntries(graph.metadata)).toEqual({
      epoch: '20',
      'onnx.producer_name': 'pytorch',
      'onnx.producer_version': '2.1',
      'onnx.domain': 'org.example',
      'onnx.model_version': '4',
      'onnx.doc_string': 'about the model',
      'onnx.graph_doc_string': 'about the graph',
      'onnx.ir_version': '4',
    });
  });

  it('that declares no operator set is refused', () => {
    expect(refusal({}, { opsetImport: [] })).toBe('m.onnx does not say which ONNX operator set it uses.');
  });

  it('needs no default operator set where it has no such node', () => {
    const opsetImport = [{ domain: 'com.example', version: 1 }];
    const nodes = [node('Magic', ['x'], ['y'], { domain: 'com.example' })];
    expect(decode({ node: nodes }, { opsetImport }).graph.domains).toEqual(new Map([['com.example', 1]]));
  });

  it('of a newer operator set is read with a warning', () => {
    const { graph, diagnostics } = decode({}, { opsetImport: [{ version: 24 }] });
    expect(graph.opset).toBe(24);
    expect(diagnostics).toHaveLength(1);
  });

  it.each([7, 9, 13, 17, 22])('of operator set %d is read without one', (version) => {
    expect(decode({}, { opsetImport: [{ version }] }).diagnostics).toEqual([]);
  });

  it('is read from Node buffers as from plain arrays', () => {
    const bytes = onnxFile({ initializer: [weight('w', 1, 2, 3)] });
    expect(decodeOnnx(Buffer.from(bytes))).toEqual(decodeOnnx(bytes));
  });
});
