import type { Box } from '../../src/core/graph/box';
import { cutPatch, displayBox, displayTile, placeInBox } from '../../src/core/imaging/display';
import type { Picture } from '../../src/core/imaging/preprocessing';
import type { ProjectedUnit } from '../../src/protocol/model';

/** A unit's projection on its display box; `null` where there is none. */
export function projectionPicture(
  { tile, visible, receptiveField }: ProjectedUnit,
  input: Picture,
  scale: number,
): Picture | null {
  return tile && placeInBox(displayTile(tile, scale), visible, displayBox(receptiveField, input));
}

export function patchPicture(receptiveField: Box, input: Picture): Picture {
  return cutPatch(input, displayBox(receptiveField, input));
}
