import { attributeOrInput, input, numberOf, numbersOf, signal } from './site';
import type { NaiveOperator, Site } from './site';
import { fill, flatOf, positionOf, zeros } from './values';
import { eachTap, tapPosition, windowOf } from './window';
import type { Window } from './window';

function poolWindow(site: Site): Window {
  return windowOf(site, input(site, 0).dims.slice(2), numbersOf(site, 'kernel_shape') ?? []);
}

function outputDims(site: Site, window: Window): number[] {
  return [...input(site, 0).dims.slice(0, 2), ...window.out];
}

/** Where each output of a max pool comes from: the first maximum in row-major order; padding never wins. */
function switches(site: Site): { dims: number[]; source: Int32Array } {
  const x = input(site, 0);
  const window = poolWindow(site);
  const dims = outputDims(site, window);
  const source = new Int32Array(dims.reduce((a, b) => a * b, 1)).fill(-1);
  for (let i = 0; i < dims[0]!; i++) {
    for (let c = 0; c < dims[1]!; c++) {
      eachTap(window, x.dims.slice(2), (oy, ox, iy, ix) => {
        const o = ((i * dims[1]! + c) * dims[2]! + oy) * dims[3]! + ox;
        const candidate = ((i * dims[1]! + c) * x.dims[2]! + iy) * x.dims[3]! + ix;
        const winner = source[o]!;
        if (winner < 0 || x.data[candidate]! > x.data[winner]!) source[o] = candidate;
      });
    }
  }
  return { dims, source };
}

/** Zeiler & Fergus 2013, section 2.1, "Unpooling". Values that meet at one place are summed. */
export const maxPool: NaiveOperator = {
  forward(site) {
    const x = input(site, 0);
    const { dims, source } = switches(site);
    return [fill(dims, (_, o) => x.data[source[o]!]!), fill(dims, (_, o) => source[o]!)];
  },
  down(site) {
    const result = zeros(input(site, 0).dims);
    const { source } = switches(site);
    signal(site).data.forEach((value, o) => (result.data[source[o]!]! += value));
    return [result];
  },
};

export const globalMaxPool: NaiveOperator = {
  forward(site) {
    const x = input(site, 0);
    const dims = x.dims.map((dim, axis) => (axis < 2 ? dim : 1));
    return [fill(dims, (_, plane) => x.data[firstMaximum(site, plane)]!)];
  },
  down(site) {
    const result = zeros(input(site, 0).dims);
    signal(site).data.forEach((value, plane) => (result.data[firstMaximum(site, plane)]! += value));
    return [result];
  },
};

/** Where the first of the largest values of a map lies. */
function firstMaximum(site: Site, plane: number): number {
  const { dims, data } = input(site, 0);
  const size = dims.slice(2).reduce((product, dim) => product * dim, 1);
  let winner = plane * size;
  for (let i = winner; i < (plane + 1) * size; i++) if (data[i]! > data[winner]!) winner = i;
  return winner;
}

/** By how much one window of an average pool is divided. */
function divisor(site: Site, window: Window, oy: number, ox: number): number {
  const size = input(site, 0).dims.slice(2);
  const counted = numberOf(site, 'count_include_pad', 0) === 1;
  const taps = [oy, ox].map((out, axis) => {
    let count = 0;
    for (let tap = 0; tap < window.kernel[axis]!; tap++) {
      const place = tapPosition(window, axis, out, tap);
      const [low, high] = counted
        ? [-window.before[axis]!, size[axis]! + window.after[axis]!]
        : [0, size[axis]!];
      if (place >= low && place < high) count++;
    }
    return count;
  });
  return taps[0]! * taps[1]!;
}

export const averagePool: NaiveOperator = {
  forward(site) {
    const x = input(site, 0);
    const window = poolWindow(site);
    const out = zeros(outputDims(site, window));
    eachAverage(site, window, (o, i, weight) => (out.data[o]! += x.data[i]! * weight));
    return [out];
  },
  down(site) {
    const s = signal(site);
    const result = zeros(input(site, 0).dims);
    eachAverage(site, poolWindow(site), (o, i, weight) => (result.data[i]! += s.data[o]! * weight));
    return [result];
  },
};

function eachAverage(
  site: Site,
  window: Window,
  visit: (o: number, i: number, weight: number) => void,
): void {
  const x = input(site, 0);
  const dims = outputDims(site, window);
  for (let n = 0; n < dims[0]!; n++) {
    for (let c = 0; c < dims[1]!; c++) {
      eachTap(window, x.dims.slice(2), (oy, ox, iy, ix) => {
        const plane = n * dims[1]! + c;
        const o = (plane * dims[2]! + oy) * dims[3]! + ox;
        const i = (plane * x.dims[2]! + iy) * x.dims[3]! + ix;
        visit(o, i, 1 / divisor(site, window, oy, ox));
      });
    }
  }
}

/** The mean over axes, which stay with length 1 or go. */
function meanOver(axesOf: (site: Site) => readonly number[], keep: (site: Site) => boolean): NaiveOperator {
  const plan = (site: Site) => {
    const { dims } = input(site, 0);
    const axes = axesOf(site).map((axis) => (axis < 0 ? axis + dims.length : axis));
    const reduced = dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
    const count = axes.reduce((product, axis) => product * dims[axis]!, 1);
    const target = (flat: number) =>
      flatOf(
        positionOf(flat, dims).map((place, axis) => (axes.includes(axis) ? 0 : place)),
        reduced,
      );
    const outDims = keep(site) ? reduced : dims.filter((_, axis) => !axes.includes(axis));
    return { count, target, outDims };
  };
  return {
    forward(site) {
      const { count, target, outDims } = plan(site);
      const out = zeros(outDims);
      input(site, 0).data.forEach((value, i) => (out.data[target(i)]! += value / count));
      return [out];
    },
    down(site) {
      const { count, target } = plan(site);
      return [fill(input(site, 0).dims, (_, i) => signal(site).data[target(i)]! / count)];
    },
  };
}

export const globalAveragePool = meanOver(
  (site) =>
    input(site, 0)
      .dims.map((_, axis) => axis)
      .slice(2),
  () => true,
);

export const reduceMean = meanOver(
  (site) => attributeOrInput(site, 'axes', 1) ?? input(site, 0).dims.map((_, axis) => axis),
  (site) => numberOf(site, 'keepdims', 1) === 1,
);

/** The largest values over axes, and the way back to the first of them. */
export const reduceMax: NaiveOperator = {
  forward(site) {
    const [x, { winners, outDims }] = [input(site, 0), largestOver(site)];
    return [fill(outDims, (_, i) => x.data[winners[i]!]!)];
  },
  down(site) {
    const result = zeros(input(site, 0).dims);
    largestOver(site).winners.forEach((winner, i) => (result.data[winner]! += signal(site).data[i]!));
    return [result];
  },
};

/** For every value of the output the place of the first of the largest values it stands for. */
function largestOver(site: Site): {
  readonly winners: readonly number[];
  readonly outDims: readonly number[];
} {
  const { dims, data } = input(site, 0);
  const given = attributeOrInput(site, 'axes', 1) ?? dims.map((_, axis) => axis);
  const axes = given.map((axis) => (axis < 0 ? axis + dims.length : axis));
  const reduced = dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const winners: number[] = [];
  data.forEach((value, i) => {
    const place = positionOf(i, dims).map((at, axis) => (axes.includes(axis) ? 0 : at));
    const to = flatOf(place, reduced);
    if (winners[to] === undefined || value > data[winners[to]]!) winners[to] = i;
  });
  const keep = numberOf(site, 'keepdims', 1) === 1;
  return { winners, outDims: keep ? reduced : dims.filter((_, axis) => !axes.includes(axis)) };
}
