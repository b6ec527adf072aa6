import type { Filters } from '../products';
import { uncroppedSize } from '../products';
import type { Rule } from '../rule';
import { sendDown } from './pointwise';
import { addShifted, zeroSignal, type Signal, type Target } from '../signal';
import { convolutionOf, type Convolution } from '../../ops/convolution';
import { constantInput, inputName, type Site } from '../../ops/site';
import { transposedConvolutionOf } from '../../ops/transposedConvolution';
import { extentOf, type WindowAxis } from '../../ops/window';
import { toFloat32 } from '../../tensor/tensor';

/**
 * "Filtering" (Zeiler & Fergus 2013, section 2.1): the transposed convolution with the same weights, without bias, cropped to the
 * size of the recorded input. Groups, strides, dilation and any padding.
 */
export const transposedConvolution: Rule = {
  refuses: refuseVarying,
  async down(step) {
    const from = step.outputs[0]!;
    const filters = filtersOf(step.site, convolutionOf(step.site));
    const result = await step.products.convolution(filters, from);
    addCropped(result, uncroppedSize(filters, from), from, step.inputs[0]!, step.site);
  },
};

/**
 * "Filtering" through a layer that is a transposed convolution itself, as decoders have it: the convolution with the same weights,
 * without bias, at the positions of the recorded input. Groups, strides, dilation, any padding.
 */
export const convolution: Rule = {
  refuses: refuseVarying,
  async down(step) {
    const geometry = transposedConvolutionOf(step.site);
    const target = step.inputs[0]!;
    // Between filters with gaps, a unit is of the bias alone.
    if (target.placement.height === 0 || target.placement.width === 0) return;
    const seen = seenFrom(geometry, step.outputs[0]!, target);
    // What the layer reads is what its windows make, were it a convolution.
    const filters = filtersOf(step.site, { ...geometry, outputs: geometry.inputs, inputs: geometry.outputs });
    target.give(await step.products.transposedConvolution(filters, seen));
  },
};

function refuseVarying(site: Site): string | undefined {
  if (!constantInput(site, 1)) {
    return 'its filters depend on the image, so there is nothing fixed to transpose';
  }
  return inputName(site, 2) !== '' && !constantInput(site, 2) ? 'its bias depends on the image' : undefined;
}

/** The part of the signal that the windows of the target's positions see; zero beyond it. */
function seenFrom({ window: { y, x } }: Convolution, from: Signal, { placement }: Target): Signal {
  const length = (axis: WindowAxis, positions: number): number =>
    (positions - 1) * axis.stride + extentOf(axis);
  const seen = zeroSignal({
    grid: from.grid,
    units: from.units,
    height: length(y, placement.height),
    width: length(x, placement.width),
    tops: placement.tops.map((top) => top * y.stride - y.padBefore),
    lefts: placement.lefts.map((left) => left * x.stride - x.padBefore),
  });
  addShifted(from, seen);
  return seen;
}

function filtersOf(site: Site, { window, groups, inputs, outputs }: Convolution): Filters {
  return {
    outputs,
    inputs,
    groups,
    kernel: [window.y.kernel, window.x.kernel],
    stride: [window.y.stride, window.x.stride],
    dilation: [window.y.dilation, window.x.dilation],
    data: toFloat32(constantInput(site, 1)!),
  };
}

/** Adds an uncropped result where the windows looked. What falls outside the input was padding and is dropped. */
function addCropped(
  result: Float32Array,
  [tall, wide]: readonly [number, number],
  from: Signal,
  target: Target,
  site: Site,
): void {
  const { window } = convolutionOf(site);
  const { placement } = target;
  const first = (axis: WindowAxis, starts: Int32Array): Int32Array =>
    starts.map((start) => start * axis.stride - axis.padBefore);
  sendDown(
    {
      ...placement,
      height: tall,
      width: wide,
      tops: first(window.y, from.tops),
      lefts: first(window.x, from.lefts),
      data: result,
    },
    target,
  );
}
