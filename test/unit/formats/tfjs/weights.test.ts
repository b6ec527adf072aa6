import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { openWeights } from '../../../../src/core/formats/tfjs/weights';
import { shardFiles, type TfjsFiles } from '../../../support/tfjsModels';
import { gaussians, seededRandom } from '../../../support/random';

type Entry = tf.io.WeightsManifestEntry;

const bytesOf = (data: Float32Array | Uint16Array | Uint8Array | Int32Array) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const group = (weights: readonly Entry[], ...paths: readonly string[]) => [{ paths, weights }];
const open = (weights: readonly Entry[], shards: TfjsFiles['shards']) =>
  openWeights(group(weights, ...Object.keys(shards)), shardFiles(shards));

const halves = Uint16Array.of(0x0000, 0x3c00, 0xbc00, 0x3555, 0x0001, 0x8000, 0x7bff, 0x03ff);
const bytes = Uint8Array.from({ length: 24 }, (_, i) => (i * 77) % 256);
const floats = gaussians(seededRandom(1), 6);

const stored: readonly { entry: Entry; data: Uint8Array }[] = [
  { entry: { name: 'float32', shape: [2, 3], dtype: 'float32' }, data: bytesOf(floats) },
  { entry: { name: 'int32', shape: [3], dtype: 'int32' }, data: bytesOf(Int32Array.of(-1, 0, 7)) },
  { entry: { name: 'scalar', shape: [], dtype: 'float32' }, data: bytesOf(Float32Array.of(0.5)) },
  {
    entry: { name: 'float16', shape: [8], dtype: 'float32', quantization: { dtype: 'float16' } },
    data: bytesOf(halves),
  },
  {
    entry: { name: 'uint8', shape: [24], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.013, min: -1.7 } },
    data: bytes,
  },
  {
    entry: { name: 'uint16', shape: [8], dtype: 'float32', quantization: { dtype: 'uint16', scale: 1e-4, min: -3 } },
    data: bytesOf(halves),
  },
]; // prettier-ignore

const all = stored.map(({ entry }) => entry);
const whole = Uint8Array.from(stored.flatMap(({ data }) => [...data]));

/** The bytes in files of the given lengths, the last one with the rest. */
function split(lengths: readonly number[]): TfjsFiles['shards'] {
  const shards: Record<string, Uint8Array> = {};
  let start = 0;
  lengths.forEach((length, i) => {
    shards[`shard${i}`] = whole.subarray(start, start + length);
    start += length;
  });
  return { ...shards, last: whole.subarray(start) };
}

describe('weights', () => {
  const expected = tf.io.decodeWeights(whole.slice().buffer, all);

  test.each(all)('of $name are those that TensorFlow.js reads', ({ name, shape }) => {
    const { dims, data } = open(all, { shard: whole }).get(name);
    expect(dims).toEqual(shape);
    const theirs = [...expected[name]!.dataSync()];
    expect(data).toHaveLength(theirs.length);
    theirs.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 5));
  });

  it('may begin in one file and end in another', () => {
    const reference = open(all, { shard: whole });
    const cuts = fc.array(fc.nat({ max: whole.length }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (positions) => {
        const sorted = [...positions].sort((a, b) => a - b);
        const lengths = sorted.map((position, i) => position - (sorted[i - 1] ?? 0));
        const weights = open(all, split(lengths));
        for (const { name } of all) expect(weights.get(name)).toEqual(reference.get(name));
      }),
      { numRuns: 50 },
    );
  });
});

describe('broken weights', () => {
  const float = (shape: number[], more: Partial<Entry> = {}): Entry => ({
    name: 'w',
    shape,
    dtype: 'float32',
    ...more,
  });

  const cases: readonly (readonly [string, string, string, () => unknown])[] = [
    ['a missing file', 'external-data-missing', 'gone.bin', () => openWeights(group([float([1])], 'gone.bin'), shardFiles({})).get('w')],
    ['a file that is too short', 'external-data-short', 'shard', () => open([float([2])], { shard: new Uint8Array(7) }).get('w')],
    ['no files at all', 'external-data-short', '"w"', () => open([float([2])], {}).get('w')],
    ['a name that is not in the manifest', 'missing-weights', '"v"', () => open([float([1])], { shard: new Uint8Array(4) }).get('v')],
    ['a type that nobody stores', 'bad-tensor-data', '"w"', () => open([float([1], { dtype: 'complex64' })], {})],
    ['a quantised type that nobody stores', 'bad-tensor-data', '"w"', () => open([float([1], { quantization: { dtype: 'int4' as never } })], {})],
    ['a negative length', 'bad-tensor-data', '[-1]', () => open([float([-1])], {})],
    ['a length that is no number', 'bad-model-description', '"w"', () => open([float(['x' as never])], {})],
    ['lengths whose product is beyond all numbers', 'bad-tensor-data', '"w"', () => open([float([2 ** 30, 2 ** 30, 2 ** 30])], {})],
    ['a path out of the folder', 'external-data-escapes', '../w.bin', () => openWeights(group([float([1])], '../w.bin'), shardFiles({})).get('w')],
    ['an absolute path', 'external-data-escapes', '/etc/passwd', () => openWeights(group([float([1])], '/etc/passwd'), shardFiles({})).get('w')],
    ['an address', 'external-data-escapes', 'https://', () => openWeights(group([float([1])], 'https://example.com/w.bin'), shardFiles({})).get('w')],
    ['a drive', 'external-data-escapes', 'C:', () => openWeights(group([float([1])], 'C:\\w.bin'), shardFiles({})).get('w')],
    ['no list of groups', 'bad-model-description', 'manifest', () => openWeights(undefined, shardFiles({}))],
    ['a group without files', 'bad-model-description', 'weight files', () => openWeights([{ weights: [] }], shardFiles({}))],
    ['an entry without a name', 'bad-model-description', 'name', () => openWeights([{ paths: [], weights: [{ shape: [] }] }], shardFiles({}))],
  ]; // prettier-ignore

  test.each(cases)('%s', (_what, code, named, read) => {
    expect(read).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(named) as unknown }) as Error); // prettier-ignore
  });

  it('that claim a gigabyte in a small file are refused before anything of that size is there', () => {
    const before = process.memoryUsage().arrayBuffers;
    const weights = open([float([2 ** 28])], { shard: new Uint8Array(100) });
    expect(() => weights.get('w')).toThrowError(expect.objectContaining({ code: 'external-data-short' }) as Error); // prettier-ignore
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
