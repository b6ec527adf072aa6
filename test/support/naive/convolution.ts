import { input, numberOf, numbersOf, signal } from './site';
import type { NaiveOperator, Site } from './site';
import { zeros } from './values';
import type { Values } from './values';
import { eachTap, windowOf } from './window';

/** Calls `visit` with the flat indices of output, input and weight of every product of the convolution. */
function eachProduct(site: Site, visit: (out: number, inp: number, weight: number) => void): void {
  const x = input(site, 0);
  const w = input(site, 1);
  const [n, channels, height, width] = x.dims as [number, number, number, number];
  const [maps, perGroup, kh, kw] = w.dims as [number, number, number, number];
  const groups = numberOf(site, 'group', 1);
  if (channels !== perGroup * groups)
    throw new Error(`"${site.node.name}" has other channels than its input`);
  const window = windowOf(site, [height, width], [kh, kw]);
  const [tall, wide] = window.out as [number, number];
  // Every map looks at the same places: those of output, input and weight, one after the other.
  const taps: number[] = [];
  eachTap(window, [height, width], (oy, ox, iy, ix, ky, kx) => {
    taps.push(oy * wide + ox, iy * width + ix, ky * kw + kx);
  });
  for (let i = 0; i < n; i++) {
    for (let m = 0; m < maps; m++) {
      const group = Math.floor(m / (maps / groups));
      for (let c = 0; c < perGroup; c++) {
        const out = (i * maps + m) * tall * wide;
        const inp = (i * channels + group * perGroup + c) * height * width;
        const weight = (m * perGroup + c) * kh * kw;
        for (let t = 0; t < taps.length; t += 3)
          visit(out + taps[t]!, inp + taps[t + 1]!, weight + taps[t + 2]!);
      }
    }
  }
}

function outputDims(site: Site): number[] {
  const x = input(site, 0);
  const w = input(site, 1);
  return [x.dims[0]!, w.dims[0]!, ...windowOf(site, x.dims.slice(2), w.dims.slice(2)).out];
}

/** Zeiler & Fergus 2013, section 2.1, "Filtering": transposed filters, no bias. */
export const conv: NaiveOperator = {
  forward(site) {
    const [x, w, bias] = [input(site, 0), input(site, 1), site.inputs[2]];
    const out = zeros(outputDims(site));
    eachProduct(site, (o, i, k) => (out.data[o]! += x.data[i]! * w.data[k]!));
    if (bias) {
      const plane = out.dims[2]! * out.dims[3]!;
      for (let o = 0; o < out.data.length; o++) {
        out.data[o]! += bias.data[Math.floor(o / plane) % bias.data.length]!;
      }
    }
    return [out];
  },
  down(site) {
    const [x, w, s] = [input(site, 0), input(site, 1), signal(site)];
    const result: Values = zeros(x.dims);
    eachProduct(site, (o, i, k) => (result.data[i]! += s.data[o]! * w.data[k]!));
    return [result];
  },
};

/**
 * Calls `visit` with the flat indices of output, input and weight of every product of the transposed convolution: every value of the
 * input is put down as a filter, and what falls outside of the output is dropped.
 */
function eachSpreadProduct(
  site: Site,
  [, maps, tall, wide]: readonly number[],
  visit: (out: number, inp: number, weight: number) => void,
): void {
  const [x, w] = [input(site, 0), input(site, 1)];
  const [images, channels, height, width] = x.dims as [number, number, number, number];
  const [, perGroup, kh, kw] = w.dims as [number, number, number, number];
  const groups = numberOf(site, 'group', 1);
  const [strideY, strideX] = numbersOf(site, 'strides') ?? [1, 1];
  const [dilationY, dilationX] = numbersOf(site, 'dilations') ?? [1, 1];
  const [top, left] = numbersOf(site, 'pads') ?? [0, 0];
  for (let n = 0; n < images; n++) {
    for (let c = 0; c < channels; c++) {
      for (let m = 0; m < perGroup; m++) {
        const out = (n * maps! + Math.floor(c / (channels / groups)) * perGroup + m) * tall! * wide!;
        const inp = (n * channels + c) * height * width;
        const weight = (c * perGroup + m) * kh * kw;
        for (let i = 0; i < height * width; i++) {
          for (let k = 0; k < kh * kw; k++) {
            const oy = Math.floor(i / width) * strideY! - top! + Math.floor(k / kw) * dilationY!;
            const ox = (i % width) * strideX! - left! + (k % kw) * dilationX!;
            const isInside = oy >= 0 && oy < tall! && ox >= 0 && ox < wide!;
            if (isInside) visit(out + oy * wide! + ox, inp + i, weight + k);
          }
        }
      }
    }
  }
}

/** (positions - 1) * stride + extent of the filter + output_padding - pads, for each axis. */
function spreadDims(site: Site): number[] {
  const [x, w] = [input(site, 0), input(site, 1)];
  const pads = numbersOf(site, 'pads') ?? [0, 0, 0, 0];
  const size = [0, 1].map((axis) => {
    const stride = (numbersOf(site, 'strides') ?? [1, 1])[axis]!;
    const dilation = (numbersOf(site, 'dilations') ?? [1, 1])[axis]!;
    const added = (numbersOf(site, 'output_padding') ?? [0, 0])[axis]!;
    const reach = (w.dims[axis + 2]! - 1) * dilation + 1;
    return (x.dims[axis + 2]! - 1) * stride + reach + added - pads[axis]! - pads[axis + 2]!;
  });
  return [x.dims[0]!, w.dims[1]! * numberOf(site, 'group', 1), ...size];
}

/** A layer that is a transposed convolution; its transpose is the convolution, again without bias. */
export const convTranspose: NaiveOperator = {
  forward(site) {
    const [x, w, bias] = [input(site, 0), input(site, 1), site.inputs[2]];
    const out = zeros(spreadDims(site));
    const plane = out.dims[2]! * out.dims[3]!;
    if (bias)
      out.data.forEach((_, o) => (out.data[o] = bias.data[Math.floor(o / plane) % bias.data.length]!));
    eachSpreadProduct(site, out.dims, (o, i, k) => (out.data[o]! += x.data[i]! * w.data[k]!));
    return [out];
  },
  down(site) {
    const [x, w, s] = [input(site, 0), input(site, 1), signal(site)];
    const result = zeros(x.dims);
    eachSpreadProduct(site, s.dims, (o, i, k) => (result.data[i]! += s.data[o]! * w.data[k]!));
    return [result];
  },
};
