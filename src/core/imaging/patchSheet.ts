import { cutPatch } from './display';
import type { Picture } from './preprocessing';
import { tileGrid } from './tileGrid';

const COLUMNS = 3;
const GAP = 2;
/** Between the grids of two maps. */
const WIDE_GAP = 8;
/** Smaller tiles are enlarged to about so many pixels: two grids of three columns are then 476 pixels wide. */
const TILE = 76;

/**
 * The patches that activate some feature maps most, as figure 2 of Zeiler & Fergus (2013) lays them out: for each map a grid in rows of
 * three, in the order given, the grids side by side. Patches are enlarged by a whole number, and smaller ones than the largest filled up
 * with mid-grey; the gaps, and the places that a map does not have, are transparent. `null` where there is no patch.
 */
export function patchSheet(maps: readonly (readonly Picture[])[]): Picture | null {
  const patches = maps.flat();
  if (patches.length === 0) return null;
  const size = {
    height: Math.max(...patches.map(({ height }) => height)),
    width: Math.max(...patches.map(({ width }) => width)),
  };
  const places = Math.max(...maps.map(({ length }) => length));
  const tile = (patch: Picture | undefined) =>
    patch ? cutPatch(patch, { top: 0, left: 0, ...size }) : blank(size);
  const zoom = Math.max(1, Math.floor(TILE / Math.max(size.height, size.width)));
  const grids = maps.map((ofMap) =>
    tileGrid(places, size, (place) => tile(ofMap[place]), { columns: COLUMNS, zoom, gap: GAP }),
  );
  const layout = { columns: grids.length, zoom: 1, gap: WIDE_GAP };
  return tileGrid(grids.length, grids[0]!, (map) => grids[map]!, layout);
}

function blank({ height, width }: Pick<Picture, 'height' | 'width'>): Picture {
  return { height, width, rgba: new Uint8Array(4 * height * width) };
}
