import { passage } from './pointwise';
import type { Rule } from '../rule';
import { forEachRow, isWhole, type Signal } from '../signal';
import { intAttribute } from '../../graph/attributes';
import { inputDims, type Site } from '../../ops/site';
import { poolingWindow, reducedAxes } from '../../ops/pooling';
import type { WindowAxis } from '../../ops/window';
import { argMax } from '../../tensor/argMax';

/**
 * "Unpooling" (Zeiler & Fergus 2013, section 2.1): each value goes to the place its maximum came from, recorded on the way up
 * as a switch. Windows may overlap; values that meet at one place are summed.
 */
export const unpool: Rule = {
  needsSwitches: true,
  refuses: ({ node }) =>
    intAttribute(node, 'storage_order', 0) === 1 && node.outputs[1]
      ? 'the model uses its switches column by column, and they are read row by row'
      : undefined,
  down(step) {
    const { from, to } = passage(step);
    const unpoolRow = isWhole(to) ? intoWhole : intoWindow;
    forEachRow(from, from, unpoolRow(step.switches(), from, to));
  },
};

type Row = Parameters<typeof forEachRow>[2];

/** Adds a row of values at their switches, which are places in the whole tensor. */
function intoWhole(switches: Int32Array, { data, grid, height, width }: Signal, to: Signal): Row {
  const { data: sum } = to;
  const plane = to.height * to.width;
  const unitSize = grid.maps * height * width;
  return (start, _to, length, map, y, x) => {
    const unit = (start / unitSize) | 0;
    const target = unit * grid.maps * plane;
    const first = map * plane;
    const recorded = (map * grid.height + y) * grid.width + x;
    for (let i = 0; i < length; i++) {
      const place = switches[recorded + i]!;
      if (place >= first && place < first + plane) sum[target + place]! += data[start + i]!;
    }
  };
}

/** As above where the target holds a window of the map; what a switch would put outside it is zero. */
function intoWindow(switches: Int32Array, from: Signal, to: Signal): Row {
  const { data, grid } = from;
  const { data: sum, height: toHeight, width: toWidth } = to;
  const { height, width, maps } = to.grid;
  const fromPlane = from.height * from.width;
  return (start, _to, length, map, y, x) => {
    const first = map * height * width;
    const plane = (start / fromPlane) | 0;
    const unit = (plane / maps) | 0;
    const top = to.tops[unit]!;
    const left = to.lefts[unit]!;
    const recorded = (map * grid.height + y) * grid.width + x;
    for (let i = 0; i < length; i++) {
      const value = data[start + i]!;
      if (value === 0) continue;
      const place = switches[recorded + i]! - first;
      const placeY = (place / width) | 0;
      const toY = placeY - top;
      const toX = place - placeY * width - left;
      if (toY < 0 || toY >= toHeight || toX < 0 || toX >= toWidth) continue;
      sum[(plane * toHeight + toY) * toWidth + toX]! += value;
    }
  };
}

/** Average pooling has no switches: its adjoint spreads each value evenly over its window. */
export const spreadAverage: Rule = {
  down(step) {
    const { from, to } = passage(step);
    const window = poolingWindow(step.site);
    const countPadding = intAttribute(step.site.node, 'count_include_pad', 0) === 1;
    const [shareY, shareX] = [taps(window.y, countPadding), taps(window.x, countPadding)];
    const { data } = from;
    let source = 0;
    for (let unit = 0; unit < from.units; unit++) {
      for (let map = 0; map < from.grid.maps; map++) {
        for (let row = 0; row < from.height; row++) {
          const y = shareY[from.tops[unit]! + row]!;
          for (let column = 0; column < from.width; column++, source++) {
            const value = data[source]!;
            if (value === 0) continue;
            const x = shareX[from.lefts[unit]! + column]!;
            addOver(to, map, unit, y.positions, x.positions, value / (y.divisor * x.divisor));
          }
        }
      }
    }
  },
};

function addOver(
  to: Signal,
  map: number,
  unit: number,
  ys: readonly number[],
  xs: readonly number[],
  value: number,
): void {
  const { data, width } = to;
  const plane = (unit * to.grid.maps + map) * to.height;
  for (const y of ys) {
    const row = (plane + y - to.tops[unit]!) * width - to.lefts[unit]!;
    for (const x of xs) data[row + x]! += value;
  }
}

/** For every output position along an axis the input positions its window averages, and what it divides by. */
function taps(axis: WindowAxis, countPadding: boolean): { positions: number[]; divisor: number }[] {
  return Array.from({ length: axis.output }, (_, o) => {
    const start = o * axis.stride - axis.padBefore;
    const all = Array.from({ length: axis.kernel }, (_, k) => start + k * axis.dilation);
    const positions = all.filter((i) => i >= 0 && i < axis.input);
    // Rows and columns that ceil_mode adds behind the padding are never counted.
    const counted = all.filter((i) => i < axis.input + axis.padAfter).length;
    return { positions, divisor: countPadding ? counted : positions.length };
  });
}

/** How many positions of a map a global pool looks at; whole tensors on both sides. */
function positionsOf(from: Signal, to: Signal): number {
  return to.data.length / from.data.length;
}

/** The adjoint of a mean over whole maps. */
export const spreadGlobalAverage: Rule = {
  down(step) {
    const { from, to } = passage(step);
    const positions = positionsOf(from, to);
    for (let index = 0; index < from.data.length; index++) {
      const value = from.data[index]! / positions;
      if (value !== 0) addConstant(to.data, index * positions, positions, value);
    }
  },
};

function addConstant(data: Float32Array, start: number, length: number, value: number): void {
  for (let i = start; i < start + length; i++) data[i]! += value;
}

/** ReduceMean over exactly the two spatial axes is a global average pool, whether it keeps them or not. */
export const spreadReduceMean: Rule = {
  ...spreadGlobalAverage,
  refuses: (site) => unlessOverMaps(site, 'averages'),
};

/** Why an operator that reduces axes is no global pool; `undefined` where it is one. */
function unlessOverMaps(site: Site, does: string): string | undefined {
  const rank = inputDims(site, 0).length;
  const axes = [...reducedAxes(site)].sort((a, b) => a - b);
  const spatial = rank === 4 && axes.length === 2 && axes[0] === 2 && axes[1] === 3;
  return spatial
    ? undefined
    : `it ${does} over axes ${axes.join(', ')}, not over the positions of feature maps`;
}

/** Global max pooling: the value goes back to the map's first maximum. */
export const unpoolGlobal: Rule = {
  needs: (site) => [site.node.inputs[0]!],
  down(step) {
    const { from, to } = passage(step);
    const recorded = step.recorded(step.site.node.inputs[0]!);
    const positions = positionsOf(from, to);
    for (let map = 0; map < from.grid.maps; map++) {
      const best = argMax(recorded, map * positions, positions);
      for (let unit = 0; unit < to.units; unit++) {
        const index = unit * from.grid.maps + map;
        to.data[index * positions + best]! += from.data[index]!;
      }
    }
  },
};

/** ReduceMax over exactly the two spatial axes is a global max pool, whether it keeps them or not. */
export const unpoolReduceMax: Rule = {
  ...unpoolGlobal,
  refuses: (site) => unlessOverMaps(site, 'takes maxima'),
};
