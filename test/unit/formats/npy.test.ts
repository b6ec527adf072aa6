import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { readNpy, writeNpy } from '../../../src/core/formats/npy';
import type { NpyTensor } from '../../../src/core/formats/npy';

const saved = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../fixtures/npy/arrays.json'), 'utf8'),
) as Readonly<Record<string, string>>;

const file = (name: string) => Uint8Array.from(Buffer.from(saved[name] ?? '', 'base64'));

const quarters: NpyTensor = {
  type: 'float32',
  dims: [1, 2, 3],
  data: Float32Array.of(-0.5, -0.25, 0, 0.25, 0.5, 0.75),
};

const arrays: Record<string, NpyTensor> = {
  float32: quarters,
  float64: { ...quarters, type: 'float64', data: Float64Array.from(quarters.data) },
  int32: { type: 'int32', dims: [1, 2, 3], data: Int32Array.of(-2, -1, 0, 1, 2, 3) },
  int64: {
    type: 'int64',
    dims: [1, 2, 3],
    data: BigInt64Array.from([-2n, -1n, 0n, 1n, 2n, 3n], (value) => value << 40n),
  },
  scalar: { type: 'float32', dims: [], data: Float32Array.of(2.5) },
  vector: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) },
  empty: { type: 'float32', dims: [0, 3], data: new Float32Array() },
};

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('NumPy arrays', () => {
  it.each(Object.entries(arrays))(
    '%s is read as NumPy wrote it and written byte for byte the same',
    (name, array) => {
      const bytes = file(name);
      expect(readNpy(bytes)).toEqual(array);
      expect(writeNpy(array)).toEqual(bytes);
    },
  );

  it.each(['big-endian', 'version 2', 'version 3'] as const)('%s gives the same values', (name) => {
    expect(readNpy(file(name))).toEqual(quarters);
  });

  it('turns Fortran order into row-major order', () => {
    const counted = Int32Array.from({ length: 24 }, (_, i) => i);
    expect(readNpy(file('fortran'))).toEqual({ type: 'int32', dims: [2, 3, 4], data: counted });
  });

  it('reads from the middle of a larger buffer', () => {
    const bytes = file('float32');
    const shifted = new Uint8Array(bytes.length + 7);
    shifted.set(bytes, 3);
    expect(readNpy(shifted.subarray(3, 3 + bytes.length))).toEqual(quarters);
  });

  it('writes only the part of a larger buffer that the array covers', () => {
    const data = new Float32Array(10).fill(7).subarray(2, 4);
    expect(readNpy(writeNpy({ type: 'float32', dims: [2], data }))).toEqual({
      type: 'float32',
      dims: [2],
      data: Float32Array.of(7, 7),
    });
  });

  const withHeader = (header: string, data = 0) => {
    const bytes = new Uint8Array(10 + header.length + data);
    bytes.set(Buffer.from(`\x93NUMPY\x01\x00..${header}`, 'latin1'));
    new DataView(bytes.buffer).setUint16(8, header.length, true);
    return bytes;
  };

  it.each([
    ['an empty file', new Uint8Array(), 'x.npy is not a NumPy array (.npy).'],
    ['a text file', Buffer.from('hello world'), 'x.npy is not a NumPy array (.npy).'],
    ['a cut header', file('float32').subarray(0, 40), 'x.npy is truncated.'],
    ['a cut preamble', file('float32').subarray(0, 8), 'x.npy is truncated.'],
    [
      'cut data',
      file('float32').subarray(0, 140),
      'x.npy has 12 bytes of data where its shape (1, 2, 3) needs 24.',
    ],
    ['half precision', file('half'), 'x.npy holds elements of type f2; float32 is needed.'],
    [
      'records',
      file('record'),
      'x.npy has a header that is not understood (only plain arrays of numbers are).',
    ],
    [
      'a shape that claims petabytes',
      withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999), }", 4),
      'x.npy has 4 bytes of data where its shape (99999999, 99999999) needs 39999999200000000.',
    ],
    [
      'an unknown version',
      Buffer.from('\x93NUMPY\x09\x00\x00\x00', 'latin1'),
      'x.npy has version 9 of the NumPy format; 1 to 3 are known.',
    ],
  ])('refuses %s in one sentence', (_what, bytes, message) => {
    expect(messageOf(() => readNpy(bytes, 'x.npy'))).toBe(message);
  });

  it('never throws anything but UserErrors, however the file is damaged', () => {
    const whole = file('fortran');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
        const damaged = whole.slice(0, length);
        damaged[at] = value;
        messageOf(() => readNpy(damaged));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
