import { describe, expect, it } from 'vitest';
import { asPicture, preprocess } from '../../../src/core/imaging/preprocess';
import type { Picture, Preprocessing } from '../../../src/core/imaging/preprocessing';
import { floatTensor } from '../../../src/core/tensor/tensor';
import { seededRandom } from '../../support/random';

const random = seededRandom(3);

function randomPicture(height: number, width: number): Picture {
  const rgba = Uint8Array.from({ length: 4 * height * width }, () => Math.floor(random() * 256));
  return { height, width, rgba };
}

const size = { resize: 5, crop: [5, 7] } as const;
const cases: readonly (readonly [string, Preprocessing])[] = [
  ['plain RGB', { ...size, channels: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] }],
  [
    'ImageNet',
    { ...size, channels: 'RGB', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  ],
  ['Caffe', { ...size, channels: 'BGR', scale: 1, mean: [104, 117, 123], std: [1, 1, 1] }],
  ['BGR with three deviations', { ...size, channels: 'BGR', scale: 0.5, mean: [1, 2, 3], std: [4, 5, -6] }],
  ['grey', { ...size, channels: 'GRAY', scale: 1, mean: [127.5], std: [127.5] }],
];

/** The formula of the sidecar, read off for one value. */
function naive({ rgba, width }: Picture, p: Preprocessing, c: number, y: number, x: number): number {
  const [red, green, blue] = rgba.subarray(4 * (y * width + x)) as unknown as [number, number, number];
  const ordered = {
    RGB: [red, green, blue],
    BGR: [blue, green, red],
    GRAY: [0.299 * red + 0.587 * green + 0.114 * blue],
  };
  return (ordered[p.channels][c]! * p.scale - p.mean[c]!) / p.std[c]!;
}

describe.each(cases)('%s', (_, preprocessing) => {
  const picture = randomPicture(5, 7);
  const channels = preprocessing.channels === 'GRAY' ? 1 : 3;
  const input = preprocess(picture, preprocessing);

  it('follows the formula at every pixel', () => {
    expect(input.dims).toEqual([1, channels, 5, 7]);
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < 5; y++) {
        for (let x = 0; x < 7; x++) {
          const expected = naive(picture, preprocessing, c, y, x);
          expect(input.data[(c * 5 + y) * 7 + x]).toBeCloseTo(expected, 4);
        }
      }
    }
  });

  it('can be undone', () => {
    const { rgba } = asPicture(input, preprocessing);
    for (let i = 0; i < 35; i++) {
      const [red, green, blue] = picture.rgba.subarray(4 * i) as unknown as [number, number, number];
      const grey = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
      const expected = channels === 1 ? [grey, grey, grey, 255] : [red, green, blue, 255];
      expect([...rgba.subarray(4 * i, 4 * i + 4)]).toEqual(expected);
    }
  });
});

it('shows values outside of what a pixel can be at the limits', () => {
  const preprocessing: Preprocessing = {
    resize: 1,
    crop: [1, 2],
    channels: 'GRAY',
    scale: 1,
    mean: [0],
    std: [1],
  };
  const { rgba } = asPicture(floatTensor([1, 1, 1, 2], Float32Array.of(-300, 300)), preprocessing);
  expect([...rgba]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
});

it('refuses a picture of another size than the crop', () => {
  const [, preprocessing] = cases[0]!;
  expect(() => preprocess(randomPicture(7, 5), preprocessing)).toThrow(RangeError);
  const short = { height: 5, width: 7, rgba: new Uint8Array(4) };
  expect(() => preprocess(short, preprocessing)).toThrow(RangeError);
});
