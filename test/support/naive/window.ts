import { numberOf, numbersOf, stringOf } from './site';
import type { Site } from './site';

/** How a window moves over height and width: `input = output * stride - before + tap * dilation`. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Height and width of the output. */
  readonly out: readonly number[];
}

/** The window of a Conv or a pool over an input of `size` (height and width). */
export function windowOf(site: Site, size: readonly number[], kernel: readonly number[]): Window {
  const stride = numbersOf(site, 'strides') ?? [1, 1];
  const dilation = numbersOf(site, 'dilations') ?? [1, 1];
  const reach = kernel.map((taps, axis) => (taps - 1) * dilation[axis]! + 1);
  const autoPad = stringOf(site, 'auto_pad', 'NOTSET');
  if (autoPad.startsWith('SAME')) {
    const out = size.map((length, axis) => Math.ceil(length / stride[axis]!));
    const total = size.map((length, axis) =>
      Math.max(0, (out[axis]! - 1) * stride[axis]! + reach[axis]! - length),
    );
    const less = total.map((pad) => Math.floor(pad / 2));
    const more = total.map((pad) => Math.ceil(pad / 2));
    const [before, after] = autoPad === 'SAME_UPPER' ? [less, more] : [more, less];
    return { kernel, stride, dilation, before, after, out };
  }
  const pads = (autoPad === 'VALID' ? undefined : numbersOf(site, 'pads')) ?? [0, 0, 0, 0];
  const before = pads.slice(0, 2);
  const after = pads.slice(2);
  const out = size.map((length, axis) => {
    const steps = (length + before[axis]! + after[axis]! - reach[axis]!) / stride[axis]!;
    if (numberOf(site, 'ceil_mode', 0) === 0) return Math.floor(steps) + 1;
    // A window that starts beyond the image and the padding before it is left out.
    const count = Math.ceil(steps) + 1;
    return (count - 1) * stride[axis]! >= length + before[axis]! ? count - 1 : count;
  });
  return { kernel, stride, dilation, before, after, out };
}

/** Where a window's tap reads; may lie outside the image. */
export function tapPosition(window: Window, axis: number, out: number, tap: number): number {
  return out * window.stride[axis]! - window.before[axis]! + tap * window.dilation[axis]!;
}

/** Calls `visit` for every output position and every tap that lies in the image, both in row-major order. */
export function eachTap(
  window: Window,
  [height = 0, width = 0]: readonly number[],
  visit: (oy: number, ox: number, iy: number, ix: number, ky: number, kx: number) => void,
): void {
  for (let oy = 0; oy < window.out[0]!; oy++) {
    for (let ox = 0; ox < window.out[1]!; ox++) {
      for (let ky = 0; ky < window.kernel[0]!; ky++) {
        for (let kx = 0; kx < window.kernel[1]!; kx++) {
          const iy = tapPosition(window, 0, oy, ky);
          const ix = tapPosition(window, 1, ox, kx);
          if (iy >= 0 && iy < height && ix >= 0 && ix < width) visit(oy, ox, iy, ix, ky, kx);
        }
      }
    }
  }
}
