import type { Grid } from '../ops/grid';

/**
 * What travels down: for each of `units` units a window of one tensor, everything outside the window zero.
 * Windows of a batch have one size and a place each, and always lie inside the tensor.
 * Layout of `data`: `[units, maps, height, width]`.
 */
export interface Signal {
  readonly grid: Grid;
  readonly units: number;
  readonly height: number;
  readonly width: number;
  /** First row of each unit's window. */
  readonly tops: Int32Array;
  /** First column of each unit's window. */
  readonly lefts: Int32Array;
  readonly data: Float32Array;
}

/** Where the windows of a batch lie in one tensor. */
export type Placement = Omit<Signal, 'data'>;

/** A signal of zeros, `[units, maps, height, width]`. */
export function zeroSignal(placement: Placement): Signal {
  const { grid, units, height, width } = placement;
  return { ...placement, data: new Float32Array(grid.maps * units * height * width) };
}

/**
 * The signal of one tensor while it comes together: a tensor that several nodes read receives the sum of what each sends
 * down. Windows are large enough for whatever the operators' `reach` says.
 */
export interface Target {
  readonly placement: Placement;
  /** The sum so far, to add to. */
  signal(): Signal;
  /** Adds a whole signal of this placement. The array changes hands: the caller must not touch it again. */
  give(data: Float32Array): void;
}

/** An empty sum; nothing is allocated before something arrives. */
export function createTarget(placement: Placement): Target {
  let sum: Float32Array | undefined;
  return {
    placement,
    signal: () => ({ ...placement, data: (sum ??= zeroSignal(placement).data) }),
    give(data) {
      if (sum === undefined) sum = data;
      else addInto(sum, data);
    },
  };
}

function addInto(sum: Float32Array, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) sum[i]! += data[i]!;
}

/** Whether the windows cover the whole tensor. */
export function isWhole({ grid, height, width }: Placement): boolean {
  return height === grid.height && width === grid.width;
}

/** The signal with the zeros around its windows. */
export function wholeSignal(signal: Signal): Signal {
  if (isWhole(signal)) return signal;
  const { grid, units } = signal;
  const { height, width } = grid;
  const starts = new Int32Array(units);
  const whole = zeroSignal({ grid, units, height, width, tops: starts, lefts: starts });
  addShifted(signal, whole);
  return whole;
}

/** Whether two signals have the same layout and windows, so that their data correspond element by element. */
export function sameWindows(a: Placement, b: Placement): boolean {
  return (
    a.grid.maps === b.grid.maps &&
    a.height === b.height &&
    a.width === b.width &&
    a.tops.every((top, u) => top === b.tops[u] && a.lefts[u] === b.lefts[u])
  );
}

/**
 * The data of a signal within other windows, moved together in the same array; `undefined` where these are not inside
 * its own. Nothing else may read the signal afterwards.
 */
export function cropInPlace(from: Signal, to: Placement): Float32Array | undefined {
  const { data, height, width } = from;
  const inside = from.tops.every((top, u) => {
    const [dy, dx] = [to.tops[u]! - top, to.lefts[u]! - from.lefts[u]!];
    return dy >= 0 && dx >= 0 && dy + to.height <= height && dx + to.width <= width;
  });
  if (!inside || from.grid.maps !== to.grid.maps) return undefined;
  // Rows of the same width follow each other.
  const [runs, run] = width === to.width ? [1, to.height * width] : [to.height, to.width];
  let end = 0;
  for (let u = 0; u < from.units; u++) {
    const first = (to.tops[u]! - from.tops[u]!) * width + to.lefts[u]! - from.lefts[u]!;
    for (let map = 0; map < from.grid.maps; map++) {
      let start = (u * from.grid.maps + map) * height * width + first;
      for (let r = 0; r < runs; r++, start += width, end += run) data.copyWithin(end, start, start + run);
    }
  }
  return data.subarray(0, end);
}

/** How positions and maps of one signal correspond to those of another. */
export interface Shift {
  /** Position in the target minus position in the source. */
  readonly y: number;
  readonly x: number;
  /** Map of the target for each map of the source, -1 for none; the same map where left out. */
  readonly maps?: Int32Array;
}

const unmoved: Shift = { y: 0, x: 0 };

/** Adds a signal to another one, where their windows overlap. What falls outside is outside the tensor or zero. */
export function addShifted(from: Signal, to: Signal, shift = unmoved): void {
  const { maps } = from.grid;
  const { data: source, height, width } = from;
  const { data: sum, height: toHeight, width: toWidth } = to;
  const toMaps = to.grid.maps;
  for (let u = 0; u < from.units; u++) {
    const part = overlap(from, to, u, shift);
    if (part === null) continue;
    const { dy, dx, firstY, lastY, firstX, length } = part;
    // Where whole rows of the same width meet, the rows of a map are one run.
    const joined = length === width && length === toWidth;
    const runs = joined ? 1 : lastY - firstY;
    const run = joined ? length * (lastY - firstY) : length;
    for (let map = 0; map < maps; map++) {
      const target = shift.maps ? shift.maps[map]! : map;
      if (target < 0) continue;
      let f = ((u * maps + map) * height + firstY) * width + firstX;
      let t = ((u * toMaps + target) * toHeight + firstY + dy) * toWidth + firstX + dx;
      for (let r = 0; r < runs; r++, f += width, t += toWidth) {
        for (let i = 0; i < run; i++) sum[t + i]! += source[f + i]!;
      }
    }
  }
}

/** The rows and columns of a unit's window in `from` that lie in its window in `to`; `null` where there are none. */
function overlap(from: Placement, to: Placement, unit: number, shift: Shift) {
  const dy = from.tops[unit]! + shift.y - to.tops[unit]!;
  const dx = from.lefts[unit]! + shift.x - to.lefts[unit]!;
  const firstY = Math.max(0, -dy);
  const lastY = Math.min(from.height, to.height - dy);
  const firstX = Math.max(0, -dx);
  const length = Math.min(from.width, to.width - dx) - firstX;
  return length > 0 && lastY > firstY ? { dy, dx, firstY, lastY, firstX, length } : null;
}

/**
 * Calls `row` for every row of two windows that overlap: `from` at `fromOffset` and `to` at `toOffset`, `length` values each,
 * for every unit of every map, with the map and the position of the row's first value in `from`.
 */
export function forEachRow(
  from: Placement,
  to: Placement,
  row: (fromOffset: number, toOffset: number, length: number, map: number, y: number, x: number) => void,
): void {
  for (let u = 0; u < from.units; u++) {
    const part = overlap(from, to, u, unmoved);
    if (part === null) continue;
    const { dy, dx, firstY, lastY, firstX, length } = part;
    for (let map = 0; map < from.grid.maps; map++) {
      const fromPlane = (u * from.grid.maps + map) * from.height;
      const toPlane = (u * to.grid.maps + map) * to.height;
      for (let y = firstY; y < lastY; y++) {
        row(
          (fromPlane + y) * from.width + firstX,
          (toPlane + y + dy) * to.width + firstX + dx,
          length,
          map,
          from.tops[u]! + y,
          from.lefts[u]! + firstX,
        );
      }
    }
  }
}
