import type * as TfCore from '@tensorflow/tfjs-core';
import { extentOf, type Window, type WindowAxis } from '../../../core/ops/window';
import type { Tf } from './backend';
import type { Held } from './call';

/** Feature maps as they are held. */
export type Maps = TfCore.Tensor4D;

/**
 * The maps with what the windows see around them, so that every window lies inside: the padding with a value, and zeros where
 * the last window goes beyond it.
 */
export function padded(tf: Tf, maps: Held, { y, x }: Window, value = 0): Maps {
  const declared = tf.pad(maps as Maps, around([y.padBefore, y.padAfter], [x.padBefore, x.padAfter]), value);
  const whole = tf.pad(declared, around([0, missing(y)], [0, missing(x)]));
  return tf.slice(whole, [0, 0, 0, 0], [whole.shape[0], seen(y), seen(x), whole.shape[3]]);
}

type Pads = [before: number, after: number];

function around(rows: Pads, columns: Pads): [Pads, Pads, Pads, Pads] {
  return [[0, 0], rows, columns, [0, 0]];
}

/** Positions from the first window to the end of the last. */
function seen(axis: WindowAxis): number {
  return (axis.output - 1) * axis.stride + extentOf(axis);
}

function missing(axis: WindowAxis): number {
  return Math.max(0, seen(axis) - axis.padBefore - axis.input - axis.padAfter);
}
