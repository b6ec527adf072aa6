import type { Box } from '../../graph/box';
import { heatMap } from '../../imaging/display';
import type { LabelColours } from '../../imaging/labelColours';
import type { Picture } from '../../imaging/preprocessing';
import type { SweepResult } from './result';
import { standIn, type SweepGrid } from './windows';

/** The range of numbers that a heat map's colours stand for. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

/** From the smallest to the largest measured number; from 0 to 0 before there is one. */
export function rangeOf(values: Float32Array): ValueRange {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

/** A pixel for each window, in heat-map colours; see `standIn` for windows that are not measured yet. */
export function valueCells(result: SweepResult, values: Float32Array, range: ValueRange): Picture {
  const { rows, columns } = result.grid;
  const filled = Float32Array.from(values, (_, window) => {
    const source = standIn(result.grid, result.done, window);
    return source < 0 ? NaN : values[source]!;
  });
  return heatMap(filled, { height: rows, width: columns }, range);
}

/** A pixel for each window in the colour of its most probable class; transparent where nothing stands for it yet. */
export function labelCells(result: SweepResult, colours: LabelColours): Picture {
  const { rows, columns } = result.grid;
  const rgba = new Uint8Array(4 * rows * columns);
  for (let window = 0; window < rows * columns; window++) {
    const source = standIn(result.grid, result.done, window);
    if (source < 0) continue;
    rgba.set(colours(result.label[source]!), 4 * window);
    rgba[4 * window + 3] = 255;
  }
  return { height: rows, width: columns, rgba };
}

/** What the darkest and the brightest colour of a heat map stand for. */
export function rangeText({ low, high }: ValueRange, say: (value: number) => string): string {
  return `${say(low)} (darkest) to ${say(high)} (brightest)`;
}

/**
 * Cells over the picture that was swept: each window's colour covers the pixels nearer to its centre than to any other. `opacity`
 * from 0 (the picture) to 1 (the cells). Pixels farther than half a stride from every centre show the picture.
 */
export function cellsOver(
  { height, width, rgba }: Picture,
  cells: Picture,
  { size, stride, rows, columns }: SweepGrid,
  opacity: number,
): Picture {
  const out = rgba.slice();
  const cellOf = (pixel: number, axis: 0 | 1) =>
    Math.floor((pixel + 0.5 - size[axis] / 2) / stride[axis] + 0.5);
  for (let y = 0; y < height; y++) {
    const row = cellOf(y, 0);
    if (row < 0 || row >= rows) continue;
    for (let x = 0; x < width; x++) {
      const column = cellOf(x, 1);
      if (column < 0 || column >= columns) continue;
      const cell = 4 * (row * columns + column);
      if (cells.rgba[cell + 3] === 0) continue;
      const pixel = 4 * (y * width + x);
      for (let c = 0; c < 3; c++) {
        out[pixel + c] = Math.round(opacity * cells.rgba[cell + c]! + (1 - opacity) * rgba[pixel + c]!);
      }
    }
  }
  return { height, width, rgba: out };
}

/** The picture with one window hidden, as the network sees it. */
export function occludedPicture(picture: Picture, covered: Picture, window: Box): Picture {
  const rgba = picture.rgba.slice();
  for (let y = window.top; y < window.top + window.height; y++) {
    const start = 4 * (y * picture.width + window.left);
    rgba.set(covered.rgba.subarray(start, start + 4 * window.width), start);
  }
  return { ...picture, rgba };
}
