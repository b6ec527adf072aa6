import { broadcastDims, broadcastStrides, offsetsOf, stridesOf } from './broadcast';
import { mapDims, sameGrid } from './grid';
import { ShapeError, type Operator, type Region } from './operator';
import { paddedFrom, paddedIndex } from './paddedPositions';
import {
  cropOf,
  padsOf,
  reshapedDims,
  sliceOf,
  splitSizes,
  squeezeAxes,
  unsqueezedDims,
  type Cut,
} from './layoutParameters';
import {
  constantInput,
  inputDims,
  inputGrid,
  normalizeAxis,
  outputDims,
  outputGrid,
  type Site,
} from './site';
import { intAttribute, intsAttribute, stringAttribute } from '../graph/attributes';
import type { Box } from '../graph/box';
import { sizeOf, toNumbers, type Dims } from '../tensor/tensor';

/**
 * Where the elements of an output come from, for operators that only move data. The way down is its inverse: what
 * arrives at an output element goes to its source, sums where several outputs share one, nothing for padding.
 */
export interface Movement {
  /** `maps`: whole feature maps move, positions shift together. `elements`: every element for itself. */
  readonly scope: 'maps' | 'elements';
  /** Row-major index into the input of each output map (or element), -1 for padding. */
  readonly source: Int32Array;
  /** Input position minus output position; 0 in scope `elements`. */
  readonly shiftY: number;
  readonly shiftX: number;
}

/** Source index of every element of an output of dimensions `to`; called with the map axes alone or with all of them. */
type Mover = (site: Site, from: Dims, to: Dims, input: number, output: number) => Int32Array;

interface LayoutOperator {
  readonly shapes: (site: Site) => readonly Dims[];
  readonly move: Mover;
  /** How many trailing axes the operator leaves as they are, for a tensor of `rank` axes. */
  readonly untouched: (site: Site, rank: number) => number;
  /** Positions moved as a block, when the operator only pads or crops the last two axes. */
  readonly shift?: (site: Site) => readonly [y: number, x: number] | null;
  /** The positions that those of a box come from, when rows and columns move by themselves but not as a block. */
  readonly reach?: (site: Site, box: Box) => Box;
}

const identityMove: Mover = (_site, from) => Int32Array.from({ length: sizeOf(from) }, (_, i) => i);

const transpose: LayoutOperator = {
  shapes: (site) => [permutationOf(site).map((axis) => inputDims(site, 0)[axis]!)],
  move: (site, from, to) => {
    const strides = stridesOf(from);
    return offsetsOf(
      to,
      permutationOf(site)
        .slice(0, from.length)
        .map((axis) => strides[axis]!),
    );
  },
  untouched: (site, rank) => {
    const permutation = permutationOf(site);
    let count = 0;
    while (count < rank && permutation[rank - 1 - count] === rank - 1 - count) count++;
    return count;
  },
};

function permutationOf(site: Site): readonly number[] {
  const rank = inputDims(site, 0).length;
  return intsAttribute(site.node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
}

function axisOf(site: Site, fallback: number): number {
  return normalizeAxis(intAttribute(site.node, 'axis', fallback), inputDims(site, 0).length);
}

const behindAxis = (fallback: number) => (site: Site, rank: number) => rank - 1 - axisOf(site, fallback);

/** Marks the part `start … start + length - 1` of `axis` of an array of dimensions `to` as copied from `from`. */
function block(from: Dims, to: Dims, axis: number, start: number): Int32Array {
  const inner = sizeOf(to.slice(axis + 1));
  const source = new Int32Array(sizeOf(to)).fill(-1);
  const outer = sizeOf(to.slice(0, axis));
  const length = Math.min(from[axis]!, to[axis]! - start);
  for (let o = 0; o < outer; o++) {
    const target = (o * to[axis]! + start) * inner;
    const origin = o * from[axis]! * inner;
    for (let i = 0; i < length * inner; i++) source[target + i] = origin + i;
  }
  return source;
}

const concat: LayoutOperator = {
  shapes(site) {
    const axis = axisOf(site, 1);
    const dims = [...inputDims(site, 0)];
    for (let i = 1; i < site.node.inputs.length; i++) {
      const other = inputDims(site, i);
      if (other.length !== dims.length || other.some((dim, a) => a !== axis && dim !== dims[a])) {
        throw new ShapeError(`Concat of [${dims.join(', ')}] and [${other.join(', ')}] along axis ${axis}`);
      }
      dims[axis]! += other[axis]!;
    }
    return [dims];
  },
  move(site, from, to, input) {
    const axis = axisOf(site, 1);
    let start = 0;
    for (let i = 0; i < input; i++) start += inputDims(site, i)[axis]!;
    return block(from, to, axis, start);
  },
  untouched: behindAxis(1),
};

const split: LayoutOperator = {
  shapes(site) {
    const axis = axisOf(site, 0);
    return splitSizes(site, axis).map((size) =>
      inputDims(site, 0).map((dim, i) => (i === axis ? size : dim)),
    );
  },
  move(site, from, to, _input, output) {
    const axis = axisOf(site, 0);
    const start = splitSizes(site, axis)
      .slice(0, output)
      .reduce((sum, size) => sum + size, 0);
    return offsetsOf(to, stridesOf(from), start * stridesOf(from)[axis]!);
  },
  untouched: behindAxis(0),
};

const gather: LayoutOperator = {
  shapes(site) {
    const axis = axisOf(site, 0);
    const dims = inputDims(site, 0);
    return [[...dims.slice(0, axis), ...inputDims(site, 1), ...dims.slice(axis + 1)]];
  },
  move(site, from) {
    const axis = axisOf(site, 0);
    const chosen = constantInput(site, 1);
    if (chosen === undefined) throw new ShapeError('Gather with indices that depend on the image');
    const length = from[axis]!;
    const indices = toNumbers(chosen).map((index) => normalizeAxis(index, length));
    const outer = sizeOf(from.slice(0, axis));
    const inner = sizeOf(from.slice(axis + 1));
    const source = new Int32Array(outer * indices.length * inner);
    for (let o = 0, t = 0; o < outer; o++) {
      for (const index of indices)
        for (let i = 0; i < inner; i++) source[t++] = (o * length + index) * inner + i;
    }
    return source;
  },
  untouched: behindAxis(0),
};

/** Operators that take a part of every axis. */
const cutting = (cutsOf: (site: Site) => readonly Cut[]): LayoutOperator => ({
  shapes: (site) => [cutsOf(site).map(({ length }) => length)],
  move(site, from, to) {
    const cuts = cutsOf(site).slice(0, from.length);
    const strides = stridesOf(from);
    const base = cuts.reduce((sum, { start }, axis) => sum + start * strides[axis]!, 0);
    return offsetsOf(to, cuts.map(({ step }, axis) => step * strides[axis]!), base); // prettier-ignore
  },
  untouched(site, rank) {
    const cuts = cutsOf(site);
    const dims = inputDims(site, 0);
    let count = 0;
    while (count < rank && isWhole(cuts[rank - 1 - count]!, dims[rank - 1 - count]!)) count++;
    return count;
  },
  shift(site) {
    const [y, x] = cutsOf(site).slice(-2);
    return y?.step === 1 && x?.step === 1 ? [y.start, x.start] : null;
  },
});

function isWhole(cut: Cut, size: number): boolean {
  return cut.start === 0 && cut.step === 1 && cut.length === size;
}

const pad: LayoutOperator = {
  shapes: (site) => [padsOf(site).map(([before, after], axis) => inputDims(site, 0)[axis]! + before + after)],
  move(site, from, to) {
    const pads = padsOf(site);
    const mode = stringAttribute(site.node, 'mode', 'constant');
    const along = to.map((size, axis) =>
      Array.from({ length: size }, (_, i) => paddedIndex(i - pads[axis]![0], from[axis]!, mode)),
    );
    const strides = stridesOf(from);
    let source = Int32Array.of(0);
    along.forEach((indices, axis) => {
      const next = new Int32Array(source.length * indices.length);
      for (let o = 0, t = 0; o < source.length; o++) {
        for (const index of indices)
          next[t++] = index < 0 || source[o]! < 0 ? -1 : source[o]! + index * strides[axis]!;
      }
      source = next;
    });
    return source;
  },
  untouched(site, rank) {
    const pads = padsOf(site);
    let count = 0;
    while (count < rank && pads[rank - 1 - count]!.every((amount) => amount === 0)) count++;
    return count;
  },
  shift(site) {
    if (stringAttribute(site.node, 'mode', 'constant') !== 'constant') return null;
    const [y, x] = padsOf(site).slice(-2);
    return [-(y?.[0] ?? 0), -(x?.[0] ?? 0)];
  },
  reach(site, box) {
    const [top, height] = paddedFrom(site, 2, box.top, box.height);
    const [left, width] = paddedFrom(site, 1, box.left, box.width);
    return { top, left, height, width };
  },
};

const expand: LayoutOperator = {
  shapes(site) {
    const shape = constantInput(site, 1);
    if (shape === undefined) throw new ShapeError('Expand to a shape that depends on the image');
    return [broadcastDims(inputDims(site, 0), toNumbers(shape))];
  },
  move: (_site, from, to) => offsetsOf(to, broadcastStrides(from, to)),
  untouched: () => 0,
};

const sameElements = (shapes: LayoutOperator['shapes']): LayoutOperator => ({
  shapes,
  move: identityMove,
  untouched: (_site, rank) => rank,
});

const operators: Readonly<Record<string, LayoutOperator>> = {
  Reshape: sameElements((site) => [reshapedDims(site)]),
  Flatten: sameElements((site) => {
    const dims = inputDims(site, 0);
    const axis = normalizeAxis(intAttribute(site.node, 'axis', 1), dims.length);
    return [[sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis))]];
  }),
  Squeeze: sameElements((site) => {
    const axes = new Set(squeezeAxes(site));
    return [inputDims(site, 0).filter((_, axis) => !axes.has(axis))];
  }),
  Unsqueeze: sameElements((site) => [unsqueezedDims(site)]),
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Gather: gather,
  Slice: cutting(sliceOf),
  Crop: cutting(cropOf),
  Pad: pad,
  Expand: expand,
};

/**
 * The movement from one input to one output of a node. Whole maps move where the operator leaves the positions alone
 * or shifts them together; such a movement keeps projections as small as a receptive field.
 */
export function movementOf(site: Site, input: number, output: number): Movement {
  const operator = operators[site.node.op]!;
  const shift = positionsMoved(site, operator, input, output);
  if (shift === null) {
    return { scope: 'elements', source: elementSources(site, input, output), shiftY: 0, shiftX: 0 };
  }
  const fromMaps = mapDims(inputDims(site, input), inputGrid(site, input));
  const toMaps = mapDims(outputDims(site, output), outputGrid(site, output));
  const source = operator.move(site, fromMaps, toMaps, input, output);
  return { scope: 'maps', source, shiftY: shift[0], shiftX: shift[1] };
}

/** How far positions move together, `null` where they do not. */
function positionsMoved(
  site: Site,
  operator: LayoutOperator,
  input: number,
  output: number,
): readonly [y: number, x: number] | null {
  const from = inputGrid(site, input);
  const to = outputGrid(site, output);
  if (from.axes === 0 || to.axes === 0) return null;
  const whole = operator.untouched(site, inputDims(site, input).length) >= from.axes;
  if (whole && sameGrid(from, to)) return [0, 0];
  return from.axes === 2 && to.axes === 2 ? (operator.shift?.(site) ?? null) : null;
}

function hasPositions(site: Site): boolean {
  return inputGrid(site, 0).axes === 2 && outputGrid(site, 0).axes === 2;
}

/** As `movementOf` in scope `elements`: the source of every element of an output, -1 for padding. */
export function elementSources(site: Site, input: number, output: number): Int32Array {
  return operators[site.node.op]!.move(site, inputDims(site, input), outputDims(site, output), input, output);
}

/** Whether an operator only moves data: those of `elementSources` and `movementOf`. */
export function isLayout(op: string): boolean {
  return Object.hasOwn(operators, op);
}

/** What is known of the operators that only move data. */
export const layouts: Readonly<Record<string, Operator>> = Object.fromEntries(
  Object.entries(operators).map(([name, operator]) => [
    name,
    {
      shapes: operator.shapes,
      paths: (site: Site) => (name === 'Concat' ? site.node.inputs.map((_, index) => index) : [0]),
      reach: (site: Site, input: number, region: Region): Region => {
        if (region === 'all') return 'all';
        const shift = positionsMoved(site, operator, input, 0);
        if (shift === null)
          return operator.reach && hasPositions(site) ? operator.reach(site, region) : 'all';
        return { ...region, top: region.top + shift[0], left: region.left + shift[1] };
      },
    } satisfies Operator,
  ]),
);
