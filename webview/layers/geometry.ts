import type { Box } from '../../src/core/graph/box';
import type { Size } from '../shared/fit';

/** Where the cells of a feature map lie in the image. */
export interface MapGrid extends Size {
  /** Image coordinates of the centre of unit (0, 0). */
  readonly origin: readonly [y: number, x: number];
  readonly stride: readonly [y: number, x: number];
}

/**
 * The grid of a feature map, from its layer's stride and one unit of it: neighbouring units' receptive fields are a
 * stride apart. A map of one unit sees everything, its single cell covers the image.
 */
export function mapGrid(
  map: Size,
  stride: readonly [number, number],
  unit: { readonly position: readonly [y: number, x: number]; readonly receptiveField: Box },
  image: Size,
): MapGrid {
  const { position, receptiveField: box } = unit;
  const axis = (count: number, step: number, at: number, from: number, length: number, extent: number) =>
    count === 1 ? ([extent / 2, extent] as const) : ([from + length / 2 - at * step, step] as const);
  const [top, vertical] = axis(map.height, stride[0], position[0], box.top, box.height, image.height);
  const [left, horizontal] = axis(map.width, stride[1], position[1], box.left, box.width, image.width);
  return { height: map.height, width: map.width, origin: [top, left], stride: [vertical, horizontal] };
}

/** The grid of a map of which no unit is known: centred, as it is where paddings are symmetric. */
export function centredGrid(map: Size, stride: readonly [number, number], image: Size): MapGrid {
  const field = { top: 0, left: 0, ...image };
  const middle = [(map.height - 1) / 2, (map.width - 1) / 2] as const;
  return mapGrid(map, stride, { position: middle, receptiveField: field }, image);
}

/** The part of the image a cell stands for: one stride around the centre of its receptive field. */
export function cellBox({ origin, stride }: MapGrid, [y, x]: readonly [number, number]): Box {
  return {
    top: origin[0] + (y - 0.5) * stride[0],
    left: origin[1] + (x - 0.5) * stride[1],
    height: stride[0],
    width: stride[1],
  };
}

/** The cell nearest to a point of the image. */
export function cellAt({ height, width, origin, stride }: MapGrid, y: number, x: number): [number, number] {
  const nearest = (at: number, from: number, step: number, count: number) =>
    Math.min(Math.max(Math.round((at - from) / (step || 1)), 0), count - 1);
  return [nearest(y, origin[0], stride[0], height), nearest(x, origin[1], stride[1], width)];
}

export interface TileLayout {
  readonly columns: number;
  /** Edge of one picture's frame. */
  readonly frame: number;
  /** One tile with its caption and the gap below it. */
  readonly rowHeight: number;
}

export const TILE = { gap: 8, padding: 4, between: 2, caption: 20, smallest: 68, largest: 128 } as const;

/** Column counts under which nine tiles, the usual row, leave no lonely last one. */
const COLUMNS = [9, 5, 3, 2, 1] as const;

/** How the tiles of every layer are laid out in a row of this width. */
export function tileLayout(width: number): TileLayout {
  const frameFor = (columns: number) =>
    Math.floor(
      ((width + 2 * TILE.padding + TILE.gap) / columns - TILE.gap - 2 * TILE.padding - TILE.between) / 2,
    );
  const columns = COLUMNS.find((candidate) => frameFor(candidate) >= TILE.smallest) ?? 1;
  const frame = Math.max(24, Math.min(TILE.largest, frameFor(columns)));
  return { columns, frame, rowHeight: frame + 2 * TILE.padding + TILE.caption + TILE.gap };
}

/** Height of a row of tiles with its lines wrapped. */
export function rowHeight({ columns, rowHeight: line }: TileLayout, tiles: number): number {
  return Math.ceil(tiles / columns) * line;
}
