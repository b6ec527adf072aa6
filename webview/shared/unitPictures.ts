import type { Box } from '../../src/core/graph/box';
import { cutPatch, displayBox } from '../../src/core/imaging/display';
import type { Picture } from '../../src/core/imaging/preprocessing';

export function patchPicture(receptiveField: Box, input: Picture): Picture {
  return cutPatch(input, displayBox(receptiveField, input));
}
