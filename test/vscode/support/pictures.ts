import { PNG } from 'pngjs';

/** Standard deviation of the red, green and blue values: 0 for a blank picture. */
export function contrast({ data }: PNG): number {
  const values = [...data].filter((_, i) => i % 4 < 3);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The largest difference of two pictures in any channel; infinite where their sizes differ. */
export function largestDifference(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  return a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b.data[i] ?? 0))), 0);
}

export interface TilePlace {
  readonly left: number;
  readonly top: number;
  /** How many pixels of the sheet, in each direction, one pixel of the tile has become. */
  readonly zoom: number;
}

/** A tile of a sheet, brought back to the size it has by itself. */
export function cutTile(
  sheet: PNG,
  { left, top, zoom }: TilePlace,
  { width, height }: { readonly width: number; readonly height: number },
): PNG {
  const tile = new PNG({ width, height });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 4 * ((top + y * zoom) * sheet.width + left + x * zoom);
      tile.data.set(sheet.data.subarray(from, from + 4), 4 * (y * width + x));
    }
  }
  return tile;
}

export function decodeDataUri(uri: string): PNG {
  return PNG.sync.read(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'));
}
