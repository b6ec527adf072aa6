import { onnx } from 'onnx-proto';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { intAttribute, node, onnxFile, valueInfo } from '../../support/onnxModel';
import { graphBuilder } from '../../support/graphBuilder';

const { DataType } = onnx.TensorProto;
const { AttributeType } = onnx.AttributeProto;

/** A small file with everything that has a branch of its own in the decoder. */
const model = onnxFile(
  {
    node: [
      node('Conv', ['x', 'w', 'b'], ['c'], { name: 'conv1', attribute: [intAttribute('group', 1)] }),
      node('Constant', [], ['k'], {
        attribute: [
          {
            name: 'value',
            type: AttributeType.TENSOR,
            t: { dims: [2], dataType: DataType.INT64, int64Data: [1, 2] },
          },
        ],
      }),
      node('If', ['c'], ['i'], {
        attribute: [
          {
            name: 'then_branch',
            type: AttributeType.GRAPH,
            g: { node: [node('Neg', ['c'], ['n'])], output: [valueInfo('n')] },
          },
        ],
      }),
      node('Gate', ['i', 's'], ['y'], { domain: 'my' }),
    ],
    input: [valueInfo('x', ['n', 2, 4, 4], DataType.FLOAT16)],
    initializer: [
      { name: 'w', dims: [1, 2, 1, 1], dataType: DataType.FLOAT, rawData: new Uint8Array(8).fill(63) },
      { name: 'b', dims: [1], dataType: DataType.FLOAT16, int32Data: [15360] },
    ],
    sparseInitializer: [
      {
        values: { name: 's', dims: [1], dataType: DataType.FLOAT, floatData: [1] },
        indices: { dims: [1], dataType: DataType.INT64, int64Data: [3] },
        dims: [2, 2],
      },
    ],
  },
  {
    opsetImport: [{ version: 6 }, { domain: 'my', version: 1 }],
    functions: [
      {
        name: 'Gate',
        domain: 'my',
        input: ['a', 'b'],
        output: ['o'],
        node: [node('Mul', ['a', 'b'], ['o'])],
        opsetImport: [{ version: 6 }],
      },
    ],
    metadataProps: [{ key: 'epoch', value: '3' }],
  },
);

/** Reads and, where that works, writes and reads again: whatever is wrong must be a `UserError`. */
function outcome(bytes: Uint8Array): string {
  try {
    const { graph } = decodeOnnx(bytes, { external: () => new Uint8Array(4) });
    decodeOnnx(encodeOnnx(graph));
    return 'accepted';
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

describe('damaged models', () => {
  it('starts from a sound one', () => {
    expect(outcome(model)).toBe('accepted');
  });

  it('give a UserError wherever they are cut, except between whole parts', () => {
    const ends = new Set<number>();
    for (const reader = new protobuf.Reader(model); reader.pos < reader.len; ends.add(reader.pos)) {
      reader.skipType(reader.uint32() & 7);
    }
    for (let length = 0; length < model.length; length++) {
      if (!ends.has(length)) expect(outcome(model.subarray(0, length))).not.toBe('accepted');
    }
  });

  it('give a UserError or a graph whichever byte is changed', () => {
    for (let at = 0; at < model.length; at++) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff, (model[at] ?? 0) ^ 1, (model[at] ?? 0) ^ 0x10]) {
        const damaged = model.slice();
        damaged[at] = value;
        outcome(damaged);
      }
    }
  });

  it('give a UserError or a graph whatever is changed, removed, repeated or inserted', () => {
    const edit = fc.record({
      at: fc.nat(model.length),
      removed: fc.nat(20),
      inserted: fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.tuple(fc.nat(model.length), fc.nat(40)).map(([from, length]) => model.slice(from, from + length)),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        let bytes: Uint8Array = model;
        for (const { at, removed, inserted } of edits) {
          bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
        }
        outcome(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('of noise give a UserError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(outcome(bytes)).not.toBe('accepted');
        outcome(Buffer.concat([model, bytes]));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hostile models', () => {
  it('with subgraphs nested deeper than the stack give a UserError', () => {
    const field = (tag: number, content: Uint8Array): Uint8Array => {
      const length: number[] = [];
      for (let rest = content.length; ; rest >>>= 7) {
        length.push(rest > 127 ? (rest & 127) | 128 : rest);
        if (rest <= 127) break;
      }
      return Buffer.concat([Uint8Array.of(tag), Uint8Array.from(length), content]);
    };
    // Graph field 1 is a node, node field 5 an attribute, attribute field 6 a graph, model field 7 the graph.
    const nested = (depth: number) => {
      let graph: Uint8Array = new Uint8Array();
      for (let i = 0; i < depth; i++) graph = field(0x0a, field(0x2a, field(0x32, graph)));
      return Buffer.concat([
        Uint8Array.of(0x08, 0x08),
        field(0x3a, graph),
        field(0x42, Uint8Array.of(0x10, 17)),
      ]);
    };
    for (const depth of [10, 1000, 4000]) expect(outcome(nested(depth))).not.toBe('accepted');
  });

  it('that claim gigabytes allocate next to nothing', () => {
    const claims = [
      { name: 'w', dims: [2 ** 28, 1], dataType: DataType.FLOAT, floatData: [1] },
      { name: 'w', dims: [2 ** 40], dataType: DataType.FLOAT16, rawData: new Uint8Array(2) },
      { name: 'w', dims: [2 ** 29, 2 ** 29, 0], dataType: DataType.FLOAT },
    ];
    const before = process.memoryUsage().arrayBuffers;
    for (const claim of claims) outcome(onnxFile({ initializer: [claim] }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it('with thousands of equal names take no quadratic time', () => {
    const nodes = Array.from({ length: 30_000 }, (_, i) =>
      node('Relu', ['x'], [i === 0 ? 'y' : `t${i}`], { name: 'n' }),
    );
    const { graph } = decodeOnnx(onnxFile({ node: nodes }));
    expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(30_000);
  });

  it('with names of object properties are ordinary models', () => {
    const g = graphBuilder({ input: [1, 1, 2, 2], inputName: '__proto__' });
    const built = g.build({ outputs: [g.node('constructor', [g.input], { name: 'toString' })] });
    expect(decodeOnnx(encodeOnnx(built)).graph.nodes).toEqual(built.nodes);
  });
});
