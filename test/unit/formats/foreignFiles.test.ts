import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/errors';
import { decodeOnnx } from '../../../src/core/formats/onnx/decode';
import { encodeOnnx } from '../../../src/core/formats/onnx/encode';
import { onnxFile } from '../../support/onnxModel';
import { smallNet } from '../../support/smallNet';

function refusal(bytes: Uint8Array): UserError {
  try {
    decodeOnnx(bytes, { file: 'm.onnx' });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('accepted');
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** The start of a zip archive, up to the content of its first file. */
const zipOf = (name: string): Uint8Array => {
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04');
  header[26] = name.length;
  return Buffer.concat([header, latin1(name), deflateRawSync('content')]);
};

/** As tar, safetensors, zip and others really begin, not only their signature. */
const foreign: [string, Uint8Array, string][] = [
  ['PNG', latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'a PNG image'],
  ['JPEG', latin1('\xff\xd8\xff\xe0\0\x10JFIF'), 'a JPEG image'],
  ['GIF', latin1('GIF89a\x01\0'), 'a GIF image'],
  ['WebP', latin1('RIFF\x24\0\0\0WEBPVP8 '), 'a WebP image'],
  ['PDF', latin1('%PDF-1.7\n'), 'a PDF document'],
  ['npy', latin1('\x93NUMPY\x01\0v\0'), 'a NumPy array'],
  ['h5', latin1('\x89HDF\r\n\x1a\n\0\0\0'), 'an HDF5 file (Keras .h5 weights or model)'],
  ['TFLite', latin1('\x1c\0\0\0TFL3\x14\0\x20\0'), 'a TensorFlow Lite model'],
  ['ORT', latin1('\x18\0\0\0ORTM\0\0'), 'a model in the ORT format of ONNX Runtime'],
  ['PyTorch zip', zipOf('x/data.pkl'), 'a PyTorch file (.pt, .pth)'],
  ['TorchScript', zipOf('traced/version'), 'a PyTorch file (.pt, .pth)'],
  ['Keras 3', zipOf('metadata.json'), 'a Keras model (.keras)'],
  ['zip', zipOf('model.onnx'), 'a zip archive'],
  ['PyTorch pickle', latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'), 'a pickled PyTorch file'],
  ['gzip', gzipSync('model'), 'gzip-compressed'],
  ['tar', latin1('model.onnx'.padEnd(257, '\0') + 'ustar\0'), 'a tar archive'],
  [
    'safetensors',
    latin1('\x40\0\0\0\0\0\0\0{"weight":{"dtype":"F32"'),
    'a safetensors file: weights without a graph',
  ],
  [
    'Git LFS pointer',
    latin1('version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 28020592\n'),
    'a Git LFS pointer: the model itself has not been downloaded',
  ],
  ['JSON', latin1('{"labels": ["cat"]}'), 'a JSON file'],
  ['HTML', latin1('\n<!DOCTYPE html><html>'), 'a web page (HTML)'],
  ['text', latin1('layer {\n  name: "conv1"\n}\n'), 'a text file'],
  ['UTF-8 text', Buffer.from('# größer\nimport torch\n'), 'a text file'],
];

describe('a file that is no ONNX model', () => {
  it.each(foreign)('%s is called by its name', (_format, bytes, what) => {
    const { message, hint } = refusal(bytes);
    expect(message).toBe(`m.onnx is ${what}, no model in ONNX or TensorFlow.js.`);
    expect(hint).not.toBe('');
  });

  it.each([
    ['h5', 'tensorflowjs_converter --input_format=keras model.h5 DIR'],
    ['Keras 3', 'python -m tf2onnx.convert --saved-model DIR --output model.onnx'],
    ['PyTorch zip', 'torch.onnx.export('],
    ['PyTorch pickle', 'torch.onnx.export('],
    ['TFLite', 'python -m tf2onnx.convert --tflite model.tflite --output model.onnx'],
  ])('%s comes with the command that exports it', (format, command) => {
    const [, bytes] = foreign.find(([name]) => name === format)!;
    expect(refusal(bytes).hint).toContain(command);
  });

  it('is said to be empty when it is', () => {
    expect(refusal(new Uint8Array()).message).toBe('m.onnx is empty.');
  });

  it.each([
    ['zeros', new Uint8Array(1000)],
    ['ones', new Uint8Array(1000).fill(255)],
    ['a cut model', encodeOnnx(smallNet()).subarray(0, 5000)],
  ])('or not a whole one is said to be damaged: %s', (_what, bytes) => {
    expect(refusal(bytes).message).toBe('m.onnx is not a complete ONNX model: it is truncated or damaged.');
  });

  it('but another protobuf is said to have no graph', () => {
    // A TensorFlow SavedModel: schema version 1, then the meta graph.
    const message = refusal(Uint8Array.of(0x08, 0x01, 0x12, 0x03, 0x0a, 0x01, 0x41)).message;
    expect(message).toBe('m.onnx is a protobuf file without a graph, no model in ONNX or TensorFlow.js.');
  });

  it('above 2 GB is refused unread', () => {
    const huge = { byteLength: 2 ** 31 + 2 ** 29 } as Uint8Array;
    expect(refusal(huge).message).toBe(
      'm.onnx needs 2.5 GB with its weights; more than 2 GB cannot be opened.',
    );
  });

  it('does not include models with and without a leading version', () => {
    expect(decodeOnnx(onnxFile()).graph.nodes).toHaveLength(1);
    expect(decodeOnnx(onnxFile({}, { irVersion: null, producerName: 'test' })).graph.nodes).toHaveLength(1);
  });
});
