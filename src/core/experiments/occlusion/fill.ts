import { rgbOrder } from '../../imaging/preprocess';
import type { Picture, Preprocessing } from '../../imaging/preprocessing';
import type { WindowSettings } from './windows';

/**
 * What the square shows: one colour in 8-bit RGB (the paper's is mid-grey), the mean colour of the picture, the mean
 * colour that preprocessing subtracts, or the picture itself out of focus.
 */
export type Fill =
  readonly [red: number, green: number, blue: number] | 'image-mean' | 'dataset-mean' | 'blur';

/** The paper's: mid-grey. */
export const midGrey: Fill = [128, 128, 128];

/**
 * The picture as it would be if the square covered all of it. Hiding a window is copying the window out of it.
 * Colours are rounded to 8 bits. `blur` averages three times over boxes of half the square's sides, which leaves
 * nothing of the square's size; pixels of the border repeat beyond it.
 */
export function coveredPicture(
  picture: Picture,
  fill: Fill,
  { preprocessing, size }: { readonly preprocessing: Preprocessing; readonly size: WindowSettings['size'] },
): Picture {
  if (fill === 'blur') return blurred(picture, size);
  if (fill === 'image-mean') return uniform(picture, meanColour(picture));
  if (fill === 'dataset-mean') return uniform(picture, datasetMean(preprocessing));
  return uniform(picture, fill);
}

type Colour = readonly [red: number, green: number, blue: number];

function uniform({ height, width }: Picture, colour: Colour): Picture {
  const rgba = new Uint8Array(4 * height * width);
  const [red, green, blue] = colour.map((value) => Math.max(0, Math.min(255, Math.round(value))));
  for (let i = 0; i < rgba.length; i += 4) {
    rgba[i] = red!;
    rgba[i + 1] = green!;
    rgba[i + 2] = blue!;
    rgba[i + 3] = 255;
  }
  return { height, width, rgba };
}

function meanColour({ rgba }: Picture): Colour {
  const sums: [number, number, number] = [0, 0, 0];
  for (let i = 0; i < rgba.length; i += 4) for (let c = 0; c < 3; c++) sums[c]! += rgba[i + c]!;
  const pixels = rgba.length / 4;
  return [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
}

/** The pixel that preprocessing turns into zero. */
function datasetMean(preprocessing: Preprocessing): Colour {
  const mean: [number, number, number] = [0, 0, 0];
  const pixel = (channel: number) => (preprocessing.mean[channel] ?? 0) / preprocessing.scale;
  const order = rgbOrder(preprocessing);
  for (let c = 0; c < 3; c++) mean[order[c]!] = pixel(preprocessing.channels === 'GRAY' ? 0 : c);
  return mean;
}

function blurred({ height, width, rgba }: Picture, [sizeY, sizeX]: WindowSettings['size']): Picture {
  const values = Float32Array.from(rgba);
  const radiusOf = (size: number) => Math.max(1, Math.floor(size / 4));
  for (let pass = 0; pass < 3; pass++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < height; y++) {
        const start = 4 * y * width + channel;
        averageLine(values, { start, step: 4, length: width, radius: radiusOf(sizeX) });
      }
      for (let x = 0; x < width; x++) {
        const start = 4 * x + channel;
        averageLine(values, { start, step: 4 * width, length: height, radius: radiusOf(sizeY) });
      }
    }
  }
  return { height, width, rgba: Uint8Array.from(values, Math.round) };
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
  readonly radius: number;
}

/** Running mean over `2 * radius + 1` values of a line, in place. */
function averageLine(values: Float32Array, { start, step, length, radius }: Line): void {
  const line = Float64Array.from({ length }, (_, i) => values[start + i * step]!);
  const at = (i: number): number => line[Math.max(0, Math.min(length - 1, i))]!;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += at(i);
  for (let i = 0; i < length; i++) {
    values[start + i * step] = sum / (2 * radius + 1);
    sum += at(i + radius + 1) - at(i - radius);
  }
}
