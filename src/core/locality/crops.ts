import type { Footprint, Span } from './footprint';

/**
 * Equally long crops of a tensor along one axis, one for each change. A crop run through the same nodes gives what the whole
 * tensor gives at the positions that a change affects.
 */
export interface AxisCrops {
  /** Of every crop, and of what comes out of it. */
  readonly length: number;
  readonly outputLength: number;
  /** Where each crop starts in the tensor, and what comes out of it in the output. */
  readonly starts: Int32Array;
  readonly outputStarts: Int32Array;
}

/**
 * Crops of a tensor from which the positions of `affected` (of the output) can be computed; `lengths` are those of the whole
 * tensor and the whole output. Starts are multiples of the stride and a crop leaves out a multiple of it, so that windows
 * fall on the same positions as in the whole tensor. Where a crop ends at the border of the tensor, the nodes' own padding
 * and rounding of sizes does what it does to the whole; elsewhere the crop holds everything that the affected positions
 * look at, and what padding spoils is not among them.
 */
export function cropAxis(
  { stride, start, extent }: Footprint,
  affected: readonly Span[],
  lengths: { readonly input: number; readonly output: number },
): AxisCrops {
  const offset = stride * Math.floor(start / stride);
  const wanted = affected.map(({ first }) => Math.max(0, first * stride + offset));
  const needed = affected.map(
    ({ last }, i) => Math.min(lengths.input, last * stride + start + extent) - wanted[i]!,
  );
  const leftOut = Math.floor((lengths.input - Math.max(...needed)) / stride);
  const outputStarts = Int32Array.from(wanted, (first) => Math.min(first / stride, leftOut));
  return {
    length: lengths.input - leftOut * stride,
    outputLength: lengths.output - leftOut,
    starts: outputStarts.map((first) => first * stride),
    outputStarts,
  };
}

/** The whole tensor instead, `changes` times. */
export function wholeAxis(length: number, changes: number): AxisCrops {
  const starts = new Int32Array(changes);
  return { length, outputLength: length, starts, outputStarts: starts };
}
