import type { Filters } from '../products';
import { uncroppedSize } from '../products';
import type { Rule } from '../rule';
import { sendDown } from './pointwise';
import type { Signal, Target } from '../signal';
import { convolutionOf } from '../../ops/convolution';
import { constantInput, inputName, type Site } from '../../ops/site';
import type { WindowAxis } from '../../ops/window';
import { toFloat32 } from '../../tensor/tensor';

/**
 * "Filtering" (Zeiler & Fergus 2013, section 2.1): the transposed convolution with the same weights, without bias, cropped to the
 * size of the recorded input. Groups, strides, dilation and any padding.
 */
export const transposedConvolution: Rule = {
  refuses(site) {
    if (!constantInput(site, 1)) {
      return 'its filters depend on the image, so there is nothing fixed to transpose';
    }
    return inputName(site, 2) !== '' && !constantInput(site, 2) ? 'its bias depends on the image' : undefined;
  },
  async down(step) {
    const from = step.outputs[0]!;
    const filters = filtersOf(step.site);
    const result = await step.products.convolution(filters, from);
    addCropped(result, uncroppedSize(filters, from), from, step.inputs[0]!, step.site);
  },
};

function filtersOf(site: Site): Filters {
  const { window, groups, inputs, outputs } = convolutionOf(site);
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
