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

export function createTarget(placement: Placement): Target {
  let sum: Float32Array | undefined;
  return {
    placement,
    signal: () => ({ ...placement, data: (sum ??= zeroSignal(placement).data) }),
    give(data) {
      if (sum === undefined) sum = data;
      else for (let i = 0; i < data.length; i++) sum[i]! += data[i]!;
    },
  };
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
  forEachRow(signal, whole, { y: 0, x: 0 }, (from, to, length) => {
    whole.data.set(signal.data.subarray(from, from + length), to);
  });
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
 * Calls `row` for every row of two windows that overlap: `from` at `fromOffset` and `to` at `toOffset`, `length` values each,
 * for every unit of every map. `shiftY` and `shiftX` are the position in `to` minus the position in `from`.
 * Values of `from` that fall outside the window of `to` are outside the tensor or zero.
 */
export function forEachRow(
  from: Placement,
  to: Placement,
  shift: { readonly y: number; readonly x: number },
  row: (fromOffset: number, toOffset: number, length: number, map: number, y: number, x: number) => void,
): void {
  for (let u = 0; u < from.units; u++) {
    const dy = from.tops[u]! + shift.y - to.tops[u]!;
    const dx = from.lefts[u]! + shift.x - to.lefts[u]!;
    const firstY = Math.max(0, -dy);
    const lastY = Math.min(from.height, to.height - dy);
    const firstX = Math.max(0, -dx);
    const length = Math.min(from.width, to.width - dx) - firstX;
    if (length <= 0) continue;
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
