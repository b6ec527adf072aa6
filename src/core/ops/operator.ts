import type { Box } from '../graph/box';
import type { Dims } from '../tensor/tensor';
import type { Site } from './site';

/** The part of a tensor that a unit depends on: a box over its last two axes, or everything. */
export type Region = Box | 'all';

/**
 * What the project knows about an operator apart from the way down: shapes, which inputs lead to the image, and how
 * far it reaches. Adding an operator is an entry here and a row in the methods (`core/deconvnet/methods`).
 */
export interface Operator {
  /**
   * Dimensions of the outputs. Called in topological order with the shapes of all inputs known.
   * Throws `ShapeError` when the inputs do not fit the operator.
   */
  shapes(site: Site): readonly Dims[];
  /** Inputs through which a signal may travel towards the image. Constants among them are ignored by the caller. */
  paths(site: Site): readonly number[];
  /**
   * The positions of input `input` that a region of output 0 depends on, by interval arithmetic. The result may lie
   * partly outside the input (padding); receptive fields count that part.
   */
  reach(site: Site, input: number, region: Region): Region;
  /** The elements of the output are those of input 0, one by one: both split into maps and positions alike. */
  readonly pointwise?: true;
}

export { ShapeError } from './shapeError';

/** `paths` of an operator whose further inputs are parameters. */
export const firstInput = (): readonly number[] => [0];

/** `reach` of an operator that looks at the same positions only. */
export const samePosition = (_site: Site, _input: number, region: Region): Region => region;

/** `reach` of an operator that looks at the whole input. */
export const everything = (): Region => 'all';
