import type { Box } from '../graph/box';

interface Size {
  readonly height: number;
  readonly width: number;
}

/** How the network's view lies in a picture file: the picture is resized, then a crop is cut out. */
export interface CropView {
  /** Of the picture, upright. */
  readonly source: Size;
  readonly resized: Size;
  /** Of the crop in the resized picture, and its size. */
  readonly crop: Box;
}

/**
 * Where a pixel `[x, y]` of the picture lies in the crop. Pixels are named by their index; the answer is a distance from
 * the crop's top left corner, so that pixel 0 of a crop that was not resized is at 0.5. It may lie outside.
 */
export function toCrop(
  { source, resized, crop }: CropView,
  [x, y]: readonly [number, number],
): [number, number] {
  return [
    ((x + 0.5) * resized.width) / source.width - crop.left,
    ((y + 0.5) * resized.height) / source.height - crop.top,
  ];
}

/** The inverse of `toCrop`, to a tenth of a pixel. */
export function fromCrop(
  { source, resized, crop }: CropView,
  [x, y]: readonly [number, number],
): [number, number] {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return [
    tenth(((x + crop.left) * source.width) / resized.width - 0.5),
    tenth(((y + crop.top) * source.height) / resized.height - 0.5),
  ];
}

/** The square of `size` pixels around a place of the crop, on whole pixels. */
export function squareAround([x, y]: readonly [number, number], size: number): Box {
  return { top: Math.round(y - size / 2), left: Math.round(x - size / 2), height: size, width: size };
}

/** Whether a box lies entirely inside a picture. */
export function isInside({ top, left, height, width }: Box, picture: Size): boolean {
  return top >= 0 && left >= 0 && top + height <= picture.height && left + width <= picture.width;
}
