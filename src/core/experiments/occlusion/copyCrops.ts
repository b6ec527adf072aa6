import type { AxisCrops } from '../../locality/crops';
import type { Changes } from '../../locality/stages';
import type { FloatTensor } from '../../tensor/tensor';

/** New values of parts of a tensor, `[windows, C, height, width]`. */
export interface Patches {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  /** Where they lie in the tensor, by row and by column of the sweep. */
  readonly tops: Int32Array;
  readonly lefts: Int32Array;
  /** Whether every window has its own, or all have the same one. */
  readonly each: 'own' | 'same';
}

/** What is pasted into which crops. */
export interface Pasting {
  /** Rows and columns of the windows in the sweep. */
  readonly cells: readonly { readonly row: number; readonly column: number }[];
  /** The part of the tensor that each row and column changes: so much of a patch counts. */
  readonly changed: Changes;
  readonly patches: Patches;
}

/** A tensor `[1, C, H, W]` of the whole picture, and the crops of it that are fed on. */
export interface Cropped {
  readonly clean: FloatTensor;
  readonly crops: { readonly y: AxisCrops; readonly x: AxisCrops };
}

/** Writes crops of the clean tensor into `target`, one for each window, with the new values of what the window changes. */
export function copyCrops({ clean, crops }: Cropped, pasting: Pasting, target: Float32Array): void {
  const [, maps, height, width] = clean.dims as [number, number, number, number];
  const { y, x } = crops;
  const { cells, changed, patches } = pasting;
  const plane = y.length * x.length;
  for (const [i, { row, column }] of cells.entries()) {
    const [top, left] = [y.starts[row]!, x.starts[column]!];
    const [rows, columns] = [changed.y[row]!, changed.x[column]!];
    const from = { first: Math.max(rows.first, top), left: Math.max(columns.first, left) };
    const pasted = {
      height: Math.min(rows.last, top + y.length - 1) - from.first + 1,
      width: Math.min(columns.last, left + x.length - 1) - from.left + 1,
    };
    const patch = patches.each === 'own' ? i * maps : 0;
    const inPatch = (from.first - patches.tops[row]!) * patches.width + from.left - patches.lefts[column]!;
    for (let map = 0; map < maps; map++) {
      const start = (i * maps + map) * plane;
      copyRows(
        { data: clean.data, start: (map * height + top) * width + left, width },
        { data: target, start, width: x.length },
        { height: y.length, width: x.length },
      );
      copyRows(
        { data: patches.data, start: (patch + map) * patches.height * patches.width + inPatch, width: patches.width }, // prettier-ignore
        { data: target, start: start + (from.first - top) * x.length + from.left - left, width: x.length },
        pasted,
      );
    }
  }
}

/** Where a rectangle begins in an array of rows. */
interface Place {
  readonly data: Float32Array;
  readonly start: number;
  /** Of the rows of the array. */
  readonly width: number;
}

/** From this many elements on, the engine's own copy is faster than a loop. */
const BLOCK = 64;

function copyRows(from: Place, to: Place, size: { readonly height: number; readonly width: number }): void {
  const { height, width } = size;
  if (width === from.width && width === to.width) {
    to.data.set(from.data.subarray(from.start, from.start + height * width), to.start);
    return;
  }
  for (let row = 0; row < height; row++) {
    const [source, target] = [from.start + row * from.width, to.start + row * to.width];
    if (width >= BLOCK) to.data.set(from.data.subarray(source, source + width), target);
    else for (let i = 0; i < width; i++) to.data[target + i] = from.data[source + i]!;
  }
}
