import type { OcclusionCells } from './sweep';
import type { SweepGrid } from './windows';

/** All cells of a sweep, row-major, as far as they are measured. */
export interface SweepResult {
  readonly grid: SweepGrid;
  /** How many feature maps are watched. */
  readonly maps: number;
  /** 1 for each window that is measured. */
  readonly done: Uint8Array;
  /** `windows x maps`. */
  readonly activity: Float32Array;
  /** The next three are empty without a classifier. */
  readonly probability: Float32Array;
  readonly label: Int32Array;
  readonly labelProbability: Float32Array;
}

/** A sweep of which nothing is measured yet: numbers are NaN, labels -1. */
export function emptyResult(grid: SweepGrid, maps: number, isClassifier: boolean): SweepResult {
  const windows = grid.rows * grid.columns;
  const classified = isClassifier ? windows : 0;
  return {
    grid,
    maps,
    done: new Uint8Array(windows),
    activity: new Float32Array(windows * maps).fill(NaN),
    probability: new Float32Array(classified).fill(NaN),
    label: new Int32Array(classified).fill(-1),
    labelProbability: new Float32Array(classified).fill(NaN),
  };
}

/** Writes measurements into their places. */
export function addCells(result: SweepResult, cells: OcclusionCells): void {
  const { maps } = result;
  cells.windows.forEach((window, i) => {
    result.activity.set(cells.activity.subarray(i * maps, (i + 1) * maps), window * maps);
    if (result.probability.length > 0) {
      result.probability[window] = cells.probability[i]!;
      result.label[window] = cells.label[i]!;
      result.labelProbability[window] = cells.labelProbability[i]!;
    }
    result.done[window] = 1;
  });
}

/** The windows that are measured, in row-major order. */
export function doneWindows({ done }: SweepResult): Int32Array {
  const windows: number[] = [];
  done.forEach((isDone, window) => isDone && windows.push(window));
  return Int32Array.from(windows);
}

/** The activities of one of the watched maps, a number for each window. */
export function activityOf({ activity, maps }: SweepResult, column: number): Float32Array {
  return Float32Array.from({ length: activity.length / maps }, (_, i) => activity[i * maps + column]!);
}
