import { describe, expect, it } from 'vitest';
import { guessPreprocessing, type PreprocessingClues } from '../../../src/core/imaging/guessPreprocessing';

const clues = (overrides: Partial<PreprocessingClues> = {}): PreprocessingClues => ({
  input: { name: 'image', dims: [1, 3, 224, 224] },
  producer: '',
  metadata: new Map(),
  firstOp: 'Conv',
  ...overrides,
});

const input = (name: string, ...dims: number[]) => ({ input: { name, dims: [1, ...dims] } });

describe('preprocessing without a sidecar', () => {
  it.each([
    [
      'Caffe by its producer',
      { producer: 'caffe2onnx' },
      { channels: 'BGR', mean: [104, 117, 123] },
      'caffe2onnx',
    ],
    [
      'Caffe by its input',
      input('data', 3, 227, 227),
      { channels: 'BGR', crop: [227, 227], resize: 259 },
      '"data"',
    ],
    [
      'PyTorch',
      { producer: 'pytorch' },
      { channels: 'RGB', mean: [0.485, 0.456, 0.406], scale: 1 / 255 },
      'PyTorch',
    ],
    ['Keras by its input', input('input_1', 3, 224, 224), { mean: [127.5, 127.5, 127.5] }, '"input_1"'],
    ['TensorFlow', { producer: 'tf2onnx' }, { std: [127.5, 127.5, 127.5] }, 'tf2onnx'],
    [
      'a model that scales its input',
      { firstOp: 'Sub', producer: 'pytorch' },
      { mean: [0, 0, 0], scale: 1 },
      'Sub',
    ],
    ['nothing at all', {}, { mean: [0.485, 0.456, 0.406], resize: 256, crop: [224, 224] }, 'nothing'],
    [
      'a small input',
      input('x', 3, 32, 48),
      { resize: 32, crop: [32, 48], std: [127.5, 127.5, 127.5] },
      'small',
    ],
    ['a grey input', input('x', 1, 28, 28), { channels: 'GRAY', mean: [127.5], std: [127.5] }, 'small'],
    [
      'image metadata',
      {
        metadata: new Map([
          ['Image.BitmapPixelFormat', 'Bgr8'],
          ['Image.NominalPixelRange', 'Normalized_0_1'],
        ]),
      },
      { channels: 'BGR', std: [255, 255, 255] },
      'metadata',
    ],
  ] as const)('is guessed for %s, and the reason named', (_, overrides, expected, named) => {
    const { preprocessing, reason } = guessPreprocessing(clues(overrides));
    expect(preprocessing).toMatchObject(expected);
    expect(reason).toMatch(/^Guessed .*\.$/);
    expect(reason).toContain(named);
  });
});
