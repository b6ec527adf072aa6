import type * as TfCore from '@tensorflow/tfjs-core';
import { convolutionOf, type Convolution } from '../../../core/ops/convolution';
import { transposedConvolutionOf } from '../../../core/ops/transposedConvolution';
import type { Window, WindowAxis } from '../../../core/ops/window';
import { extentOf } from '../../../core/ops/window';
import type { Tf } from './backend';
import { inGraph, input, type Held, type Kernel } from './call';
import { padded, type Maps } from './padded';

/** Filters `[outputs, inputs, height, width]` as TensorFlow has them, dilated ones with the holes written out. */
function filtersOf(tf: Tf, weights: Held, { y, x }: Window): Maps {
  if (y.dilation === 1 && x.dilation === 1) return tf.transpose(weights as Maps, [2, 3, 1, 0]);
  const [outputs = 0, inputs = 0, height = 0, width = 0] = weights.shape;
  const apart = tf.reshape<TfCore.Rank.R5>(weights, [outputs * inputs, height, 1, width, 1]);
  const spread = tf.pad(apart, [[0, 0], [0, 0], [0, y.dilation - 1], [0, 0], [0, x.dilation - 1]]); // prettier-ignore
  const holes = tf.reshape<TfCore.Rank.R4>(spread, [
    outputs,
    inputs,
    height * y.dilation,
    width * x.dilation,
  ]);
  const cropped = tf.slice(holes, [0, 0, 0, 0], [outputs, inputs, extentOf(y), extentOf(x)]);
  return tf.transpose(cropped, [2, 3, 1, 0]);
}

const conv: Kernel = (call) => {
  const { tf, site, inputs } = call;
  const { window, groups, inputs: channels } = convolutionOf(site);
  const strides: [number, number] = [window.y.stride, window.x.stride];
  const x = padded(tf, input(call, 0), window);
  const filters = filtersOf(tf, inGraph(tf, input(call, 1)), window);
  const y = groups > 1 && groups === channels && strides[0] === strides[1]
    ? tf.depthwiseConv2d(x, depthwise(tf, filters, groups), strides, 'valid')
    : inGroups(tf, { x, filters, groups }, (part, share) => tf.conv2d(part, share, strides, 'valid')); // prettier-ignore
  return withBias(tf, y, inputs[2]);
};

function withBias(tf: Tf, maps: Held, bias: Held | undefined): Held {
  return bias ? tf.add(maps, bias) : maps;
}

/** `[height, width, 1, maps * multiplier]` to `[height, width, maps, multiplier]`. */
function depthwise(tf: Tf, filters: Maps, maps: number): Maps {
  const [height, width, , outputs] = filters.shape;
  return tf.reshape(filters, [height, width, maps, outputs / maps]);
}

interface Grouped {
  readonly x: Maps;
  readonly filters: Maps;
  readonly groups: number;
}

function inGroups(tf: Tf, { x, filters, groups }: Grouped, compute: (x: Maps, filters: Maps) => Maps): Maps {
  if (groups === 1) return compute(x, filters);
  const shares = tf.split<Maps>(filters, groups, 3);
  return tf.concat(tf.split<Maps>(x, groups, 3).map((part, i) => compute(part, shares[i]!)), 3); // prettier-ignore
}

/** The output as if nothing of it were cropped, with weights `[inputs, outputs / groups, height, width]`. */
function uncropped(tf: Tf, x: Maps, weights: Maps, { window, groups }: Convolution): Maps {
  const [height, width] = [covered(window.y), covered(window.x)];
  const shares = tf.split<Maps>(weights, groups, 0);
  const parts = tf.split<Maps>(x, groups, 3).map((part, i) => {
    const filters = filtersOf(tf, shares[i]!, window);
    const dims: [number, number, number, number] = [x.shape[0], height, width, filters.shape[2]];
    return tf.conv2dTranspose(part, filters, dims, [window.y.stride, window.x.stride], 'valid');
  });
  return tf.concat(parts, 3);
}

/** How many positions the windows reach. */
function covered(axis: WindowAxis): number {
  return (axis.output - 1) * axis.stride + extentOf(axis);
}

const convTranspose: Kernel = (call) => {
  const { tf, site, inputs } = call;
  const geometry = transposedConvolutionOf(site);
  const { y, x } = geometry.window;
  const whole = uncropped(tf, input(call, 0) as Maps, inGraph(tf, input(call, 1)) as Maps, geometry);
  const added = (axis: WindowAxis): [number, number] => [0, Math.max(0, -axis.padAfter)];
  const grown = tf.pad(whole, [[0, 0], added(y), added(x), [0, 0]]);
  const size: [number, number, number, number] = [whole.shape[0], y.input, x.input, whole.shape[3]];
  return withBias(tf, tf.slice(grown, [0, y.padBefore, x.padBefore, 0], size), inputs[2]);
};

/** Convolutions by name. */
export const convolutions: Readonly<Record<string, Kernel>> = { Conv: conv, ConvTranspose: convTranspose };
