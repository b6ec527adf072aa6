import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import type { ExternalRequest, ReadExternal } from '../../../src/core/formats/onnx/externalData';
import { onnxFile } from '../../support/onnxModel';

const { DataType, DataLocation } = onnx.TensorProto;

function withExternal(entries: Record<string, string>, dataType: number = DataType.FLOAT): Uint8Array {
  const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return onnxFile({
    initializer: [
      { name: 'conv1.weight', dims: [2, 2], dataType, dataLocation: DataLocation.EXTERNAL, externalData },
    ],
  });
}

function refusal(file: Uint8Array, external?: ReadExternal): string {
  try {
    decodeOnnx(file, external ? { external } : {});
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('weights beside the model', () => {
  const weights = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

  it.each([
    [{ location: 'weights.bin' }, 0],
    [{ location: 'weights.bin', offset: '4096', length: '16', checksum: 'abc' }, 4096],
    [{ location: 'sub/..weights', length: '16' }, 0],
  ])('are asked for exactly: %o', (entries, offset) => {
    const requests: ExternalRequest[] = [];
    const external: ReadExternal = (request) => {
      requests.push(request);
      return weights;
    };
    const { graph } = decodeOnnx(withExternal(entries), { external });
    expect(requests).toEqual([{ location: entries.location, offset, length: 16, tensor: 'conv1.weight' }]);
    expect(graph.constants.get('conv1.weight')).toEqual({
      type: 'float32',
      dims: [2, 2],
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  it('are widened from half precision', () => {
    const external = () => new Uint8Array(Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400).buffer);
    const { graph } = decodeOnnx(withExternal({ location: 'w' }, DataType.FLOAT16), { external });
    expect(graph.constants.get('conv1.weight')?.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it.each([
    '../secret',
    'a/../../secret',
    'a/..',
    '/etc/passwd',
    '\\\\server\\share',
    'a\\b',
    'C:/secret',
    'C:secret',
    'file:///etc/passwd',
    'https://example.com/w',
    'weights\0.bin',
    '',
  ])('are never asked for at %j', (location) => {
    const external: ReadExternal = () => {
      throw new Error('read');
    };
    expect(refusal(withExternal({ location }), external)).toBe(
      `The weights of "conv1.weight" are said to be in ${location}, which is not inside the model's folder.`,
    );
  });

  it.each([
    [{ location: 'w', length: '15' }, 'its external data is declared with 15 bytes instead of 16'],
    [{ location: 'w', length: '1e3' }, 'its external data is declared with 1e3 bytes instead of 16'],
    [{ location: 'w', offset: '-4' }, 'its external data starts at byte -4'],
  ])('declared wrongly are refused by name: %o', (entries, problem) => {
    expect(refusal(withExternal(entries), () => weights)).toBe(
      `The data of tensor "conv1.weight" are not usable: ${problem}.`,
    );
  });

  it('may not have more than 2 GB together, however often the same file is named', () => {
    const externalData = [{ key: 'location', value: 'w.bin' }];
    const initializer = ['a', 'b', 'c'].map((name) => {
      return {
        name,
        dims: [2 ** 28],
        dataType: DataType.FLOAT,
        dataLocation: DataLocation.EXTERNAL,
        externalData,
      };
    });
    // Says a gigabyte without having one.
    const external: ReadExternal = ({ length }) => ({ byteLength: length }) as Uint8Array;
    expect(refusal(onnxFile({ initializer }), external)).toBe(
      'The file needs 2.0 GB with its weights; more than 2 GB cannot be opened.',
    );
  });

  it('that come back short are refused by name', () => {
    expect(refusal(withExternal({ location: 'w.bin' }), () => weights.subarray(3))).toBe(
      'The data of tensor "conv1.weight" are not usable: w.bin gives 13 of its 16 bytes.',
    );
  });

  it('are refused where nobody can read them', () => {
    expect(refusal(withExternal({ location: 'w.bin' }))).toBe(
      'The weights of "conv1.weight" are in a separate file w.bin, which cannot be read from here.',
    );
  });

  it('keep the reader’s own error', () => {
    const external: ReadExternal = ({ location }) => {
      throw new UserError('external-data-missing', `${location} is missing.`);
    };
    expect(refusal(withExternal({ location: 'w.bin' }), external)).toBe('w.bin is missing.');
  });
});
