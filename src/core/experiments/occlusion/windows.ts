import { invalidOcclusion } from '../errors';
import type { Box } from '../../graph/box';
import type { Span } from '../../locality/footprint';
import type { Changes } from '../../locality/stages';

/** The square that is moved and how far it moves each time, in pixels of the network's input picture. */
export interface WindowSettings {
  readonly size: readonly [height: number, width: number];
  readonly stride: readonly [y: number, x: number];
}

/** All places of the square over one picture: `rows x columns` windows, row-major. */
export interface SweepGrid extends WindowSettings {
  readonly rows: number;
  readonly columns: number;
  /** Of the picture. */
  readonly height: number;
  readonly width: number;
}

/** A sweep of more windows than this takes so long that the user should have meant it. */
export const manyWindows = 20_000;

/** Numbers per window are kept for all of them: more could not be looked at either. */
const mostWindows = 2 ** 22;

/**
 * The windows over a picture of `height x width`: the first at the top left corner, each `stride` further, until the
 * last one reaches the border. Windows that reach beyond it are clipped, so every pixel is covered. Throws a
 * `UserError` where the square is larger than the picture, the stride is none or leaves pixels out between
 * squares, or the windows are too many.
 */
export function sweepGrid(
  { height, width }: { readonly height: number; readonly width: number },
  { size, stride }: WindowSettings,
): SweepGrid {
  const positive = [...size, ...stride].every((length) => Number.isInteger(length) && length >= 1);
  if (!positive) throw invalidOcclusion('Size and stride of the square are whole numbers from 1');
  if (size[0] > height || size[1] > width) {
    throw invalidOcclusion(
      `A square of ${pair(size)} is larger than the picture of ${pair([height, width])}`,
    );
  }
  if (stride[0] > size[0] || stride[1] > size[1]) {
    throw invalidOcclusion(`A stride of ${pair(stride)} leaves pixels out between squares of ${pair(size)}`);
  }
  const rows = Math.ceil((height - size[0]) / stride[0]) + 1;
  const columns = Math.ceil((width - size[1]) / stride[1]) + 1;
  if (rows * columns > mostWindows) {
    throw invalidOcclusion(`${rows * columns} windows are more than the ${mostWindows} that can be swept`);
  }
  return { size, stride, rows, columns, height, width };
}

function pair([y, x]: readonly [number, number]): string {
  return y === x ? `${y} pixels` : `${y} × ${x} pixels`;
}

/** The part of the picture that window `index` hides. */
export function windowAt({ size, stride, columns, height, width }: SweepGrid, index: number): Box {
  const top = Math.floor(index / columns) * stride[0];
  const left = (index % columns) * stride[1];
  return {
    top,
    left,
    height: Math.min(size[0], height - top),
    width: Math.min(size[1], width - left),
  };
}

/** The rows of pixels that each row of windows hides, and the columns that each column does. */
export function windowSpans({ size, stride, rows, columns, height, width }: SweepGrid): Changes {
  const along = (count: number, step: number, extent: number, length: number): Span[] =>
    Array.from({ length: count }, (_, i) => ({
      first: i * step,
      last: Math.min(i * step + extent, length) - 1,
    }));
  return { y: along(rows, stride[0], size[0], height), x: along(columns, stride[1], size[1], width) };
}

/** The window whose centre is nearest to a pixel. */
export function windowNear(grid: SweepGrid, y: number, x: number): number {
  const along = (pixel: number, size: number, stride: number, count: number): number =>
    Math.max(0, Math.min(count - 1, Math.round((pixel - size / 2) / stride)));
  const row = along(y, grid.size[0], grid.stride[0], grid.rows);
  const column = along(x, grid.size[1], grid.stride[1], grid.columns);
  return row * grid.columns + column;
}

/** A map of at most so many cells is readable, and there soon. */
const firstCells = 64;

/**
 * All windows in an order that is readable early: at first every 2^k-th row and column, at most 8 x 8 of them, then
 * those between them, until all are there. Each level is row-major.
 */
export function coarseToFine({ rows, columns }: Pick<SweepGrid, 'rows' | 'columns'>): Int32Array {
  const order = new Int32Array(rows * columns);
  const coarsest = coarsestStep({ rows, columns });
  let length = 0;
  for (let step = coarsest; step >= 1; step /= 2) {
    for (let row = 0; row < rows; row += step) {
      for (let column = 0; column < columns; column += step) {
        const known = row % (2 * step) === 0 && column % (2 * step) === 0 && step < coarsest;
        if (!known) order[length++] = row * columns + column;
      }
    }
  }
  return order;
}

/** The cells of the map that is there first. */
export function firstLevel(grid: Pick<SweepGrid, 'rows' | 'columns'>): Pick<SweepGrid, 'rows' | 'columns'> {
  const step = coarsestStep(grid);
  return { rows: Math.ceil(grid.rows / step), columns: Math.ceil(grid.columns / step) };
}

function coarsestStep({ rows, columns }: Pick<SweepGrid, 'rows' | 'columns'>): number {
  let step = 1;
  while (Math.ceil(rows / step) * Math.ceil(columns / step) > firstCells) step *= 2;
  return step;
}

/**
 * The window that stands for window `index` while a coarse-to-fine sweep is under way: itself when it is done, else the
 * nearest one above and to the left on a coarser level. -1 before there is any.
 */
export function standIn(
  { rows, columns }: Pick<SweepGrid, 'rows' | 'columns'>,
  done: { readonly [index: number]: number },
  index: number,
): number {
  const row = Math.floor(index / columns);
  const column = index % columns;
  const coarsest = coarsestStep({ rows, columns });
  for (let step = 1; step <= coarsest; step *= 2) {
    const candidate = (row - (row % step)) * columns + column - (column % step);
    if (done[candidate]) return candidate;
  }
  return -1;
}
