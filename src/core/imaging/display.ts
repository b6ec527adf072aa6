import { interpolateViridis } from 'd3-scale-chromatic';
import type { Box } from '../graph/box';
import type { Picture } from './preprocessing';
import { FULL_SCALE, type SignedTile } from './signedTile';

/** Zero in a signed picture, and what lies outside the image. */
export const MID_GREY = 128;

/**
 * A signed tile as an opaque picture: zero is mid-grey (128), `+scale` and above white (255), `-scale` and below
 * black (1), channel by channel. Symmetric, so the background of a tile never drifts. `scale` is in the tile's
 * pixel units, usually the tile's own `quantile` or the largest one of its map or layer; with 0 all is grey.
 */
export function displayTile(tile: SignedTile, scale: number): Picture {
  const { height, width, channels, values, limit } = tile;
  const rgba = new Uint8Array(4 * height * width).fill(255);
  const factor = scale > 0 ? (127 * limit) / (FULL_SCALE * scale) : 0;
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      const value = values[i * channels + (channels === 1 ? 0 : c)]! * factor;
      rgba[4 * i + c] = MID_GREY + Math.round(Math.max(-127, Math.min(127, value)));
    }
  }
  return { height, width, rgba };
}

/**
 * The part of a picture inside a box, pixel for pixel; what lies outside the picture is opaque mid-grey. The patch
 * of a unit is the picture of the network's input cut at the unit's receptive field.
 */
export function cutPatch(picture: Picture, box: Box): Picture {
  const { height, width } = box;
  const rgba = new Uint8Array(4 * height * width);
  for (let i = 0; i < rgba.length; i++) rgba[i] = i % 4 === 3 ? 255 : MID_GREY;
  const left = Math.max(0, box.left);
  const right = Math.min(picture.width, box.left + width);
  if (right <= left) return { height, width, rgba };
  for (let y = Math.max(0, box.top); y < Math.min(picture.height, box.top + height); y++) {
    const from = 4 * (y * picture.width + left);
    const row = picture.rgba.subarray(from, from + 4 * (right - left));
    rgba.set(row, 4 * ((y - box.top) * width + left - box.left));
  }
  return { height, width, rgba };
}

/**
 * The box both pictures of a unit show. It is the receptive field, except along an axis where the field is longer
 * than the image: there it is the whole image, which loses nothing and does not drown the picture in grey.
 */
export function displayBox(
  receptiveField: Box,
  image: { readonly height: number; readonly width: number },
): Box {
  const tall = receptiveField.height > image.height;
  const wide = receptiveField.width > image.width;
  return {
    top: tall ? 0 : receptiveField.top,
    height: tall ? image.height : receptiveField.height,
    left: wide ? 0 : receptiveField.left,
    width: wide ? image.width : receptiveField.width,
  };
}

/**
 * A tile that covers `visible`, placed on a picture of `box`: both pictures of a unit then have the size of its
 * whole receptive field and line up. Outside of `visible` is mid-grey.
 */
export function placeInBox(picture: Picture, visible: Box, box: Box): Picture {
  return cutPatch(picture, { ...box, top: box.top - visible.top, left: box.left - visible.left });
}

/** What of a projected unit is drawn, and where. */
export interface DrawnProjection {
  /** `null` where the unit is inactive. */
  readonly tile: SignedTile | null;
  /** The part of the image that the tile covers. */
  readonly visible: Box;
  readonly receptiveField: Box;
}

/** A unit's projection on its display box, in contrast relative to `scale`; `null` where there is none. */
export function projectionPicture(
  { tile, visible, receptiveField }: DrawnProjection,
  image: { readonly height: number; readonly width: number },
  scale = tile?.quantile ?? 0,
): Picture | null {
  return tile && placeInBox(displayTile(tile, scale), visible, displayBox(receptiveField, image));
}

/** The colours of heat maps: viridis in 256 steps of `[red, green, blue]`, perceptually uniform, dark to bright. */
export const HEAT_COLOURS: Uint8Array = colourTable(interpolateViridis);

/**
 * A map of values as opaque heat-map colours. Values at or below `low` take the darkest colour, at or above `high`
 * the brightest; NaN is transparent. With `low >= high` everything up to `low` is dark and the rest bright.
 */
export function heatMap(
  values: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  { low, high }: { readonly low: number; readonly high: number },
): Picture {
  const rgba = new Uint8Array(4 * height * width);
  const steps = HEAT_COLOURS.length / 3 - 1;
  for (let i = 0; i < height * width; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    const position = high > low ? (value - low) / (high - low) : Number(value > low);
    const step = Math.round(Math.max(0, Math.min(1, position)) * steps);
    rgba.set(HEAT_COLOURS.subarray(3 * step, 3 * step + 3), 4 * i);
    rgba[4 * i + 3] = 255;
  }
  return { height, width, rgba };
}

function colourTable(interpolate: (t: number) => string): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let step = 0; step < 256; step++) {
    const colour = parseInt(interpolate(step / 256).slice(1), 16);
    table.set([colour >> 16, (colour >> 8) & 255, colour & 255], 3 * step);
  }
  return table;
}
