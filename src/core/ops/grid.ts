import { intsAttribute } from '../graph/attributes';
import type { GraphNode } from '../graph/graph';
import { sizeOf, type Dims } from '../tensor/tensor';

/**
 * How a tensor splits into feature maps and positions: `maps x height x width` elements, positions in the trailing
 * `axes` axes. A vector of features has 1 x 1 positions and `axes: 0`.
 */
export interface Grid {
  readonly maps: number;
  readonly height: number;
  readonly width: number;
  /** 2: `[..., H, W]`. 1: `[..., H * W]`, as channel shuffles write it. 0: no positions. */
  readonly axes: 0 | 1 | 2;
}

/** Whether two tensors have the same positions; those without any have none in common. */
export function sameGrid(a: Grid, b: Grid): boolean {
  return a.height === b.height && a.width === b.width && a.axes > 0 && b.axes > 0;
}

/** The leading axes, those that count feature maps. */
export function mapDims(dims: Dims, grid: Grid): Dims {
  return dims.slice(0, dims.length - grid.axes);
}

/** Tensors of four and more axes carry positions in the last two; others none, unless `gridAfter` knows better. */
export function gridOf(dims: Dims): Grid {
  if (dims.length < 4) return { maps: sizeOf(dims), height: 1, width: 1, axes: 0 };
  const [height, width] = dims.slice(-2) as [number, number];
  return { maps: sizeOf(dims.slice(0, -2)), height, width, axes: 2 };
}

/** Operators that may see positions flattened into one axis and pass them on. */
const keepsFlattened = new Set(['Transpose', 'Gather', 'Split', 'Slice', 'Concat', 'Identity']);

/**
 * The grid of a node's output. Channel shuffles write `[C, H, W]` as `[groups, C / groups, H * W]`; such tensors keep
 * their positions, so that receptive fields stay local through a shuffle.
 */
export function gridAfter(node: GraphNode, source: Grid | undefined, dims: Dims): Grid {
  const flattened = dims.length === 2 || dims.length === 3;
  if (source === undefined || !flattened || !passesPositions(node, source, dims)) return gridOf(dims);
  return { maps: sizeOf(dims.slice(0, -1)), height: source.height, width: source.width, axes: 1 };
}

function passesPositions(node: GraphNode, source: Grid, dims: Dims): boolean {
  const positions = source.height * source.width;
  if (source.axes === 0 || positions === 1 || dims.at(-1) !== positions) return false;
  if (node.op === 'Reshape') return true;
  if (source.axes !== 1 || !keepsFlattened.has(node.op)) return false;
  const permutation = intsAttribute(node, 'perm');
  if (permutation === undefined) return node.op !== 'Transpose';
  return permutation.at(-1) === permutation.length - 1;
}
