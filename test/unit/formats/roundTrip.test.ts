import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { serializeAttribute } from '../../../src/core/formats/onnx/proto';
import type { Attribute, Graph, GraphNode } from '../../../src/core/graph/graph';
import { sizeOf } from '../../../src/core/tensor/tensor';
import type { Tensor } from '../../../src/core/tensor/tensor';
import { graphBuilder } from '../../support/graphBuilder';
import { randomFeeds, runOnnx } from '../../support/runOnnx';
import { sharedModels } from '../../support/sharedMaterial';
import { smallNet } from '../../support/smallNet';
import { zfnet } from '../../support/zfnet';

/** The graph with its constants as bytes, which compare in milliseconds however large they are. */
function comparable(graph: Graph) {
  const constants = [...graph.constants].map(([name, { type, dims, data }]) => {
    return { name, type, dims, bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength) };
  });
  return { ...graph, constants: constants.map(({ bytes: _, ...rest }) => rest), bytes: constants };
}

function expectSame(actual: Graph, expected: Graph): void {
  const { bytes: actualBytes, ...a } = comparable(actual);
  const { bytes: expectedBytes, ...b } = comparable(expected);
  expect(a).toEqual(b);
  expect(actualBytes.every(({ bytes }, i) => bytes.equals(expectedBytes[i]?.bytes ?? Buffer.of()))).toBe(
    true,
  );
}

const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const float = fc.float();
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(2 ** 63, -(2 ** 63), 2 ** 60));

const dims = fc.array(fc.nat(4), { maxLength: 4 });
const typedTensor = <T extends Tensor>(
  type: T['type'],
  make: (length: number, bytes: Uint8Array) => T['data'],
) =>
  dims.chain((shape) =>
    fc
      .uint8Array({ minLength: sizeOf(shape) * 8, maxLength: sizeOf(shape) * 8 })
      .map((bytes) => ({ type, dims: shape, data: make(sizeOf(shape), bytes) }) as Tensor),
  );

const tensor = fc.oneof(
  typedTensor('float32', (n, { buffer }) => new Float32Array(buffer, 0, n)),
  typedTensor('float64', (n, { buffer }) => new Float64Array(buffer, 0, n)),
  typedTensor('int8', (n, { buffer }) => new Int8Array(buffer, 0, n)),
  typedTensor('uint8', (n, { buffer }) => new Uint8Array(buffer, 0, n)),
  typedTensor('int16', (n, { buffer }) => new Int16Array(buffer, 0, n)),
  typedTensor('uint16', (n, { buffer }) => new Uint16Array(buffer, 0, n)),
  typedTensor('int32', (n, { buffer }) => new Int32Array(buffer, 0, n)),
  typedTensor('uint32', (n, { buffer }) => new Uint32Array(buffer, 0, n)),
  typedTensor('int64', (n, { buffer }) => new BigInt64Array(buffer, 0, n)),
  typedTensor('uint64', (n, { buffer }) => new BigUint64Array(buffer, 0, n)),
  typedTensor('bool', (n, bytes) => bytes.subarray(0, n).map((byte) => byte & 1)),
);

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  integer.map((value): Attribute => ({ kind: 'int', value })),
  float.map((value): Attribute => ({ kind: 'float', value })),
  text.map((value): Attribute => ({ kind: 'string', value })),
  fc.array(integer).map((value): Attribute => ({ kind: 'ints', value })),
  fc.array(float).map((value): Attribute => ({ kind: 'floats', value })),
  fc.array(text).map((value): Attribute => ({ kind: 'strings', value })),
  tensor.map((value): Attribute => ({ kind: 'tensor', value })),
);

const attributes = fc
  .array(fc.tuple(fc.string({ minLength: 1, maxLength: 6 }), attribute), { maxLength: 4 })
  .map((entries) => new Map(entries));

const value = fc.record({
  type: fc.constantFrom('float32', 'int64', 'bool', 'uint8' as const),
  shape: fc.option(
    fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 2 ** 40 }),
        text.map((name) => name || null),
      ),
      { maxLength: 4 },
    ),
  ),
}) as fc.Arbitrary<Pick<Graph['inputs'][number], 'type' | 'shape'>>;

/** Graphs in which every node reads inputs, constants and earlier nodes, in any of the forms the type allows. */
const graph: fc.Arbitrary<Graph> = fc
  .record({
    name: text,
    opset: fc.integer({ min: 7, max: 22 }),
    inputs: fc.array(value, { minLength: 1, maxLength: 3 }),
    output: value,
    constants: fc.array(tensor, { maxLength: 4 }),
    metadata: fc.dictionary(fc.string({ minLength: 1 }), text, { noNullPrototype: true }),
    nodes: fc.array(
      fc.record({
        op: fc.constantFrom('Conv', 'Relu', 'Magic'),
        domain: fc.constantFrom('', 'com.example'),
        reads: fc.array(fc.option(fc.nat(20)), { maxLength: 4 }),
        outputs: fc.integer({ min: 1, max: 3 }),
        attributes,
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ inputs, constants, nodes, metadata, output, ...rest }) => {
    const known = [...inputs.map((_, i) => `in${i}`), ...constants.map((_, i) => `w${i}`)];
    const built = nodes.map(({ reads, outputs, ...node }, i): GraphNode => {
      const names = reads.map((read) => (read === null ? '' : (known[read % known.length] ?? '')));
      const made = Array.from({ length: outputs }, (_, o) => (o === 1 ? '' : `t${i}.${o}`));
      known.push(...made.filter((name) => name !== ''));
      return { ...node, name: `n${i}`, inputs: names, outputs: made };
    });
    return {
      ...rest,
      domains: new Map([['com.example', 2]]),
      inputs: inputs.map((input, i) => ({ ...input, name: `in${i}` })),
      outputs: [{ ...output, name: known.at(-1) ?? '' }],
      nodes: built,
      constants: new Map(constants.map((constant, i) => [`w${i}`, constant])),
      metadata: new Map([...Object.entries(metadata), ['onnx.ir_version', '8'], ['onnx.model_version', '3']]),
    };
  });

describe('encode and decode', () => {
  it('are the identity on graphs', () => {
    fc.assert(
      fc.property(graph, (original) => {
        const bytes = encodeOnnx(original);
        const { graph: again, diagnostics } = decodeOnnx(bytes);
        expect(again).toEqual(original);
        expect(diagnostics).toEqual([]);
        expect(encodeOnnx(again)).toEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('keep attributes of unknown kinds byte for byte', () => {
    const bytes = serializeAttribute({ name: 'a', type: 13, tp: { tensorType: { elemType: 1 } } });
    const original = smallNet();
    const [first, ...rest] = original.nodes;
    if (first === undefined) throw new Error('no nodes');
    const odd: GraphNode = { ...first, attributes: new Map([['a', { kind: 'opaque', bytes }]]) };
    const again = decodeOnnx(encodeOnnx({ ...original, nodes: [odd, ...rest] })).graph;
    expect(again.nodes[0]?.attributes.get('a')).toEqual({ kind: 'opaque', bytes });
  });

  it('write constants that are windows of larger buffers', () => {
    const data = new Float32Array(100).fill(3).subarray(10, 12);
    const constants = new Map<string, Tensor>([['w', { type: 'float32', dims: [2], data }]]);
    const again = decodeOnnx(
      encodeOnnx({ ...smallNet(), constants: new Map([...smallNet().constants, ...constants]) }),
    );
    expect(again.graph.constants.get('w')?.data).toEqual(Float32Array.of(3, 3));
  });

  it('give bytes that own their buffer', () => {
    const bytes = encodeOnnx({ ...smallNet(), constants: new Map(), nodes: [] });
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  });
});

describe('the format version', () => {
  const versionOf = (graph: Graph) => Number(onnx.ModelProto.decode(encodeOnnx(graph)).irVersion);
  const g = graphBuilder({ input: [1, 1, 2, 2] });
  const built = g.build({ outputs: [g.relu(g.input)] });

  it.each([
    [7, 4],
    [9, 4],
    [11, 6],
    [13, 7],
    [17, 8],
    [21, 10],
    [22, 10],
  ])('of operator set %d is %d, and ONNX Runtime takes it', async (opset, version) => {
    const graph = { ...built, opset };
    expect(versionOf(graph)).toBe(version);
    await runOnnx(encodeOnnx(graph), randomFeeds(graph));
  });

  it.each([
    ['3', 4],
    ['7', 7],
    ['13', 10],
    ['nonsense', 8],
  ])('%s of the file becomes %d', (declared, version) => {
    expect(versionOf({ ...built, metadata: new Map([['onnx.ir_version', declared]]) })).toBe(version);
  });
});

describe.each([
  ['the small test network', smallNet()],
  ['ZFNet', zfnet({ width: 0.1 })],
])('%s', (_name, built) => {
  it('survives the file and runs in ONNX Runtime', async () => {
    const bytes = encodeOnnx(built);
    expectSame(decodeOnnx(bytes).graph, { ...built, metadata: new Map([['onnx.ir_version', '8']]) });
    const [output] = Object.values(await runOnnx(bytes, randomFeeds(built)));
    const sum = Array.from(output?.data ?? [], Number).reduce((total, probability) => total + probability, 0);
    expect(sum).toBeCloseTo(1, 5);
  });
});

const trained = sharedModels();
const halves = trained.filter((file) => file.includes('fp16'));

describe.skipIf(trained.length === 0)('models of other exporters (skipped without ../shared)', () => {
  it.each([...trained, ...sharedModels('models/light')].map((file) => [path.basename(file), file]))(
    '%s survives decode and encode',
    (_name, file) => {
      const first = decodeOnnx(readFileSync(file)).graph;
      const bytes = encodeOnnx(first);
      expectSame(decodeOnnx(bytes).graph, first);
      expect(Buffer.compare(encodeOnnx(first), bytes)).toBe(0);
    },
  );

  it.each(trained.filter((file) => !halves.includes(file)).map((file) => [path.basename(file), file]))(
    '%s computes the same before and after, to the last bit',
    async (_name, file) => {
      const original = readFileSync(file);
      const { graph: decoded } = decodeOnnx(original);
      const feeds = randomFeeds(decoded);
      const before = await runOnnx(original, feeds);
      const after = await runOnnx(encodeOnnx(decoded), feeds);
      expect(Object.keys(after)).toEqual(Object.keys(before));
      for (const [name, { dims: shape, data }] of Object.entries(after)) {
        expect(shape).toEqual(before[name]?.dims);
        expect(Buffer.compare(asBytes(data), asBytes(before[name]?.data))).toBe(0);
      }
    },
    60_000,
  );
});

function asBytes(data: unknown): Buffer {
  const view = data as Float32Array;
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

describe.skipIf(halves.length === 0)('half-precision models (skipped without ../shared)', () => {
  it.each(halves.map((file) => [path.basename(file), file]))(
    '%s gives in float32 what it gave',
    async (_name, file) => {
      const original = readFileSync(file);
      const { graph: decoded } = decodeOnnx(original);
      const [input] = decoded.inputs;
      const shape = (input?.shape ?? []).map(Number);
      // Whole numbers up to 2048 are exact in half precision.
      const pixels = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 255) - 128);
      const before = await runOnnx(original, {
        [input?.name ?? '']: { dims: shape, data: pixels, precision: 'half' },
      });
      const after = await runOnnx(encodeOnnx(decoded), {
        [input?.name ?? '']: { dims: shape, data: pixels },
      });
      const [expected] = Object.values(before);
      const [actual] = Object.values(after);
      expect(actual?.type).toBe('float32');
      const differences = Array.from(actual?.data ?? [], (p, i) =>
        Math.abs(Number(p) - Number(expected?.data[i])),
      );
      expect(Math.max(...differences)).toBeLessThan(5e-3);
    },
  );
});
