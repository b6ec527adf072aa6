import { cutPatch, projectionPicture, type DrawnProjection } from './display';
import type { Picture } from './preprocessing';
import { tileGrid } from './tileGrid';

const COLUMNS = 5;
const GAP = 2;
/** Smaller tiles are enlarged to about so many pixels. */
const TILE = 96;

/**
 * Projections of one layer as one picture: tiles in rows of five, in the order given, each in its own contrast, with transparent
 * gaps. Tiles are enlarged by a whole number; smaller ones than the largest are filled up with mid-grey. Inactive units have no
 * tile and are left out; `null` where none is left.
 */
export function projectionSheet(
  units: readonly DrawnProjection[],
  image: { readonly height: number; readonly width: number },
): Picture | null {
  const pictures = units.flatMap((unit) => projectionPicture(unit, image) ?? []);
  if (pictures.length === 0) return null;
  const size = {
    height: Math.max(...pictures.map(({ height }) => height)),
    width: Math.max(...pictures.map(({ width }) => width)),
  };
  const zoom = Math.max(1, Math.floor(TILE / Math.max(size.height, size.width)));
  const columns = Math.min(COLUMNS, pictures.length);
  const tile = (index: number) => cutPatch(pictures[index]!, { top: 0, left: 0, ...size });
  return tileGrid(pictures.length, size, tile, { columns, zoom, gap: GAP });
}
