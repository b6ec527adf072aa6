import type { Grid } from './grid';
import { ShapeError } from './shapeError';
import type { GraphNode } from '../graph/graph';
import type { Dims, Tensor } from '../tensor/tensor';

/** A node together with what is known about its tensors when the input size is fixed. */
export interface Site {
  readonly node: GraphNode;
  /** Dimensions of every tensor of the graph, the leading batch dimension included. */
  readonly shapes: ReadonlyMap<string, Dims>;
  /** Values of every tensor that does not depend on the image. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** How the tensors split into feature maps and positions. */
  readonly grids: ReadonlyMap<string, Grid>;
}

/** Name of an input, `''` where it is left out. */
export function inputName(site: Site, index: number): string {
  return site.node.inputs[index] ?? '';
}

/** Value of an input that does not depend on the image. */
export function constantInput(site: Site, index: number): Tensor | undefined {
  return site.constants.get(inputName(site, index));
}

/** Dimensions of an input. Throws a `ShapeError` where the node lacks it or shape inference did not reach it. */
export function inputDims(site: Site, index: number): Dims {
  return dimsOf(site, inputName(site, index));
}

/** Dimensions of an output. Throws a `ShapeError` where shape inference did not reach it. */
export function outputDims(site: Site, index = 0): Dims {
  return dimsOf(site, site.node.outputs[index] ?? '');
}

function dimsOf(site: Site, name: string): Dims {
  const dims = site.shapes.get(name);
  if (dims === undefined) {
    throw new ShapeError(name === '' ? `${site.node.op} without an input it needs` : `no size for "${name}"`);
  }
  return dims;
}

/** A negative axis counts from the end. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** How an input splits into maps and positions. Throws where that is not known. */
export function inputGrid(site: Site, index: number): Grid {
  return gridNamed(site, inputName(site, index));
}

/** How an output splits into maps and positions. Throws where that is not known. */
export function outputGrid(site: Site, index = 0): Grid {
  return gridNamed(site, site.node.outputs[index] ?? '');
}

function gridNamed(site: Site, name: string): Grid {
  const grid = site.grids.get(name);
  if (grid === undefined) throw new Error(`grid of "${name}" at node "${site.node.name}" is not known`);
  return grid;
}
