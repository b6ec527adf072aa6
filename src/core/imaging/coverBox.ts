import { clip, type Box } from '../graph/box';
import type { Picture } from './preprocessing';

/** The picture with a box in one opaque colour; what of the box lies outside is ignored. */
export function coverBox(
  { height, width, rgba }: Picture,
  box: Box,
  [red, green, blue]: readonly [red: number, green: number, blue: number],
): Picture {
  const covered = rgba.slice();
  const { top, left, height: rows, width: columns } = clip(box, height, width);
  for (let y = top; y < top + rows; y++) {
    for (let x = left; x < left + columns; x++) covered.set([red, green, blue, 255], 4 * (y * width + x));
  }
  return { height, width, rgba: covered };
}
