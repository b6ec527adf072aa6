import type { Filters } from '../products';
import { uncroppedSize } from '../products';
import type { Rule } from '../rule';
import type { Signal } from '../signal';
import { convolutionOf } from '../../ops/convolution';
import { constantInput, type Site } from '../../ops/site';
import { toFloat32 } from '../../tensor/tensor';

/**
 * "Filtering" (Zeiler & Fergus 2013, section 2.1): the transposed convolution with the same weights, without bias, cropped to the
 * size of the recorded input. Groups, strides, dilation and any padding.
 */
export const transposedConvolution: Rule = {
  refuses: (site) =>
    constantInput(site, 1) === undefined ? 'its filters depend on the image, so there is nothing fixed to transpose' : undefined,
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
  to: Signal,
  site: Site,
): void {
  const { window, inputs } = convolutionOf(site);
  for (let unit = 0; unit < from.units; unit++) {
    const dy = from.tops[unit]! * window.y.stride - window.y.padBefore - to.tops[unit]!;
    const dx = from.lefts[unit]! * window.x.stride - window.x.padBefore - to.lefts[unit]!;
    const firstX = Math.max(0, -dx);
    const length = Math.min(wide, to.width - dx) - firstX;
    const lastY = Math.min(tall, to.height - dy);
    for (let map = 0; map < inputs; map++) {
      for (let y = Math.max(0, -dy); y < lastY; y++) {
        let source = ((unit * inputs + map) * tall + y) * wide + firstX;
        let target = ((unit * inputs + map) * to.height + y + dy) * to.width + firstX + dx;
        for (let i = 0; i < length; i++) to.data[target++]! += result[source++]!;
      }
    }
  }
}
