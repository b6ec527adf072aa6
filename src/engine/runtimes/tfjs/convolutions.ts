import type * as TfCore from '@tensorflow/tfjs-core';
import { intAttribute, intsAttribute } from '../../../core/graph/attributes';
import { convolutionOf } from '../../../core/ops/convolution';
import type { Window, WindowAxis } from '../../../core/ops/window';
import { extentOf } from '../../../core/ops/window';
import type { Tf } from './backend';
import { inGraph, input, type Call, type Held, type Kernel } from './call';
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
function uncropped({ tf, node }: Call, x: Maps, weights: Maps): Maps {
  const axis = (index: 0 | 1): WindowAxis => {
    const kernel = weights.shape[2 + index]!;
    const stride = intsAttribute(node, 'strides')?.[index] ?? 1;
    const dilation = intsAttribute(node, 'dilations')?.[index] ?? 1;
    const output = x.shape[1 + index]!;
    const length = (output - 1) * stride + (kernel - 1) * dilation + 1;
    return { kernel, stride, dilation, padBefore: 0, padAfter: 0, input: length, output };
  };
  const window: Window = { y: axis(0), x: axis(1) };
  const groups = intAttribute(node, 'group', 1);
  const shares = tf.split<Maps>(weights, groups, 0);
  const parts = tf.split<Maps>(x, groups, 3).map((part, i) => {
    const filters = filtersOf(tf, shares[i]!, window);
    const dims = [x.shape[0], window.y.input, window.x.input, filters.shape[2]] as const;
    return tf.conv2dTranspose(part, filters, [...dims], [window.y.stride, window.x.stride], 'valid');
  });
  return tf.concat(parts, 3);
}

const convTranspose: Kernel = (call) => {
  const { tf, node, inputs } = call;
  const [top = 0, left = 0, bottom = 0, right = 0] = intsAttribute(node, 'pads') ?? [];
  const [below = 0, beside = 0] = intsAttribute(node, 'output_padding') ?? [];
  const whole = uncropped(call, input(call, 0) as Maps, inGraph(tf, input(call, 1)) as Maps);
  const grown = tf.pad(whole, [[0, 0], [0, below], [0, beside], [0, 0]]); // prettier-ignore
  const [units, height, width, maps] = grown.shape;
  const size: [number, number, number, number] = [units, height - top - bottom, width - left - right, maps];
  return withBias(tf, tf.slice(grown, [0, top, left, 0], size), inputs[2]);
};

/** Convolutions by name. */
export const convolutions: Readonly<Record<string, Kernel>> = { Conv: conv, ConvTranspose: convTranspose };
