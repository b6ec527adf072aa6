import { floatTensor, type FloatTensor } from '../tensor/tensor';
import type { Picture, Preprocessing } from './preprocessing';

/** Weights of red, green and blue in grey: ITU-R BT.601, what Pillow's "L" and OpenCV use. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Number of channels of the network's input. */
export function channelCount({ channels }: Pick<Preprocessing, 'channels'>): 1 | 3 {
  return channels === 'GRAY' ? 1 : 3;
}

/** For each channel of the network's input the channel of an RGB pixel it holds; grey reads the first. */
export function rgbOrder({ channels }: Pick<Preprocessing, 'channels'>): readonly [number, number, number] {
  return channels === 'BGR' ? [2, 1, 0] : [0, 1, 2];
}

/**
 * The network's input for a picture that already has the crop's size: `[1, C, H, W]` with
 * value = (pixel * scale - mean) / std, pixel in 0..255, channels in the order of `preprocessing.channels`.
 * Alpha is ignored: whoever decodes the picture composes it over a background. Grey is the weighted sum of ITU-R
 * BT.601, not rounded. Throws a `RangeError` when the picture has another size than the crop.
 */
export function preprocess(picture: Picture, preprocessing: Preprocessing): FloatTensor {
  const { height, width, rgba } = picture;
  const [cropHeight, cropWidth] = preprocessing.crop;
  if (height !== cropHeight || width !== cropWidth || rgba.length !== height * width * 4) {
    throw new RangeError(`A picture of ${height}×${width} is not a crop of ${cropHeight}×${cropWidth}`);
  }
  const channels = channelCount(preprocessing);
  const order = rgbOrder(preprocessing);
  const plane = height * width;
  const out = new Float32Array(channels * plane);
  for (let c = 0; c < channels; c++) {
    const { factor, offset } = affine(preprocessing, c);
    const source = order[c as 0 | 1 | 2];
    for (let i = 0; i < plane; i++) {
      const pixel = channels === 1 ? luma(rgba, 4 * i) : rgba[4 * i + source]!;
      out[c * plane + i] = pixel * factor + offset;
    }
  }
  return floatTensor([1, channels, height, width], out);
}

/**
 * The inverse of `preprocess`: a network input `[1, C, H, W]` as the opaque picture it stands for, rounded and
 * clamped to 0..255. Channels beyond the third are not shown; a single one is shown as grey.
 */
export function asPicture(input: FloatTensor, preprocessing: Preprocessing): Picture {
  const [, channels = 0, height = 0, width = 0] = input.dims;
  const plane = height * width;
  const rgba = new Uint8Array(4 * plane).fill(255);
  const order = rgbOrder(preprocessing);
  for (let c = 0; c < Math.min(channels, 3); c++) {
    const { factor, offset } = affine(preprocessing, c);
    for (let i = 0; i < plane; i++) {
      const pixel = clampToByte((input.data[c * plane + i]! - offset) / factor);
      if (channels === 1) rgba.fill(pixel, 4 * i, 4 * i + 3);
      else rgba[4 * i + order[c as 0 | 1 | 2]] = pixel;
    }
  }
  return { height, width, rgba };
}

/** value = pixel * factor + offset for one channel of the input. */
function affine(preprocessing: Preprocessing, channel: number): { factor: number; offset: number } {
  const std = preprocessing.std[channel] ?? 1;
  const mean = preprocessing.mean[channel] ?? 0;
  return { factor: preprocessing.scale / std, offset: -mean / std };
}

function luma(rgba: Uint8Array, at: number): number {
  return rgba[at]! * LUMA[0] + rgba[at + 1]! * LUMA[1] + rgba[at + 2]! * LUMA[2];
}

function clampToByte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
