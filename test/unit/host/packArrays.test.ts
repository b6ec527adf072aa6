import { describe, expect, it } from 'vitest';
import { packArrays } from '../../../src/host/packArrays';

describe('packArrays', () => {
  it('cuts every array of a message out of the buffer they share', () => {
    const shared = new ArrayBuffer(1024);
    const values = new Float32Array(shared, 16, 3);
    values.set([1, 2, 3]);
    const packed = packArrays({ layers: [{ label: 'conv1', maxima: values }], forwardMs: 2, warnings: [] });
    expect(packed).toEqual({
      layers: [{ label: 'conv1', maxima: Float32Array.of(1, 2, 3) }],
      forwardMs: 2,
      warnings: [],
    });
    expect(packed.layers[0]?.maxima.buffer.byteLength).toBe(12);
  });

  it.each([Int16Array, Int32Array, Uint8Array, Float32Array, BigInt64Array])(
    'keeps the type of a %o',
    (Type) => {
      const view = new Type(new ArrayBuffer(64), 8, 2);
      const packed = packArrays(view);
      expect(packed).toBeInstanceOf(Type);
      expect(packed.buffer.byteLength).toBe(2 * Type.BYTES_PER_ELEMENT);
    },
  );

  it('copies nothing that fits already', () => {
    const values = Int16Array.of(1, 2);
    expect(packArrays({ values }).values).toBe(values);
  });

  it('turns a Buffer, which would cross as JSON, into bytes of its own', () => {
    const packed = packArrays<Uint8Array>(Buffer.from('abc'));
    expect(Buffer.isBuffer(packed)).toBe(false);
    expect([...packed]).toEqual([97, 98, 99]);
    expect(packed.buffer.byteLength).toBe(3);
  });

  it.each([null, undefined, 3, 'x', true, [], {}, { a: null }])('leaves %j as it is', (value) => {
    expect(packArrays(value)).toEqual(value);
  });
});
