import type { Picture } from './preprocessing';

/** How tiles of one size are laid out. */
export interface GridLayout {
  readonly columns: number;
  /** Pixels of the grid per pixel of a tile. */
  readonly zoom: number;
  /** Transparent pixels between tiles. */
  readonly gap: number;
}

/** Tiles of the same size as one picture, in rows, enlarged by nearest neighbour. `tile` is asked for each one in turn. */
export function tileGrid(
  count: number,
  size: { readonly height: number; readonly width: number },
  tile: (index: number) => Picture,
  { columns, zoom, gap }: GridLayout,
): Picture {
  const rows = Math.ceil(count / columns);
  const step = { y: size.height * zoom + gap, x: size.width * zoom + gap };
  const [height, width] = [rows * step.y - gap, columns * step.x - gap];
  const grid = { height, width, rgba: new Uint8Array(4 * height * width) };
  for (let index = 0; index < count; index++) {
    const top = Math.floor(index / columns) * step.y;
    enlargeInto(grid, tile(index), { top, left: (index % columns) * step.x, zoom });
  }
  return grid;
}

function enlargeInto(
  grid: Picture,
  tile: Picture,
  { top, left, zoom }: { readonly top: number; readonly left: number; readonly zoom: number },
): void {
  const [pixels, source] = [pixelsOf(grid), pixelsOf(tile)];
  for (let y = 0; y < tile.height; y++) {
    const start = (top + y * zoom) * grid.width + left;
    for (let x = 0; x < tile.width; x++) {
      pixels.fill(source[y * tile.width + x]!, start + x * zoom, start + (x + 1) * zoom);
    }
    for (let copy = 1; copy < zoom; copy++) {
      pixels.copyWithin(start + copy * grid.width, start, start + tile.width * zoom);
    }
  }
}

/** Whole pixels of a picture that has a buffer of its own. */
function pixelsOf({ rgba }: Picture): Uint32Array {
  return new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
}
