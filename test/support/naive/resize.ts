import { attributeOrInput, input, signal, stringOf } from './site';
import type { NaiveOperator, Site } from './site';
import { zeros } from './values';

/** Output length and scale of an axis. */
interface Length {
  readonly out: number;
  readonly scale: number;
}

function lengths(site: Site): Length[] {
  const { dims } = input(site, 0);
  const sizes = site.inputs[3]?.data;
  if (sizes?.length) return dims.map((dim, axis) => ({ out: sizes[axis]!, scale: sizes[axis]! / dim }));
  const late = site.node.op === 'Resize' && site.opset > 10;
  const scales = late ? Array.from(input(site, 2).data) : attributeOrInput(site, 'scales', 1)!;
  return dims.map((dim, axis) => ({ out: Math.floor(dim * scales[axis]!), scale: scales[axis]! }));
}

/** The share of input position `i` in output position `o` (ONNX, operator Resize). */
function share(site: Site, axis: number, { out, scale }: Length, o: number, i: number): number {
  const length = input(site, 0).dims[axis]!;
  const late = site.node.op === 'Resize' && site.opset > 10;
  const mode = stringOf(site, 'coordinate_transformation_mode', late ? 'half_pixel' : 'asymmetric');
  const place = {
    half_pixel: (o + 0.5) / scale - 0.5,
    pytorch_half_pixel: out > 1 ? (o + 0.5) / scale - 0.5 : 0,
    align_corners: out > 1 ? (o * (length - 1)) / (out - 1) : 0,
    asymmetric: o / scale,
  }[mode]!;
  const clamped = (x: number) => Math.min(Math.max(x, 0), length - 1);
  if (stringOf(site, 'mode', 'nearest') === 'linear') return Math.max(0, 1 - Math.abs(clamped(place) - i));
  const early = scale < 1 ? 'ceil' : 'floor';
  const nearest = {
    floor: Math.floor(place),
    ceil: Math.ceil(place),
    round_prefer_floor: Math.ceil(place - 0.5),
    round_prefer_ceil: Math.floor(place + 0.5),
  }[late ? stringOf(site, 'nearest_mode', 'round_prefer_floor') : early]!;
  return clamped(nearest) === i ? 1 : 0;
}

/** Calls `visit` for every pair of an output and an input with the input's share, where it has one. */
function eachShare(site: Site, visit: (out: number, inp: number, share: number) => void): number[] {
  const [n, c, height, width] = input(site, 0).dims as [number, number, number, number];
  const [, , rows, columns] = lengths(site) as [Length, Length, Length, Length];
  for (let oy = 0; oy < rows.out; oy++) {
    for (let iy = 0; iy < height; iy++) {
      const byRow = share(site, 2, rows, oy, iy);
      for (let ox = 0; byRow > 0 && ox < columns.out; ox++) {
        for (let ix = 0; ix < width; ix++) {
          const both = byRow * share(site, 3, columns, ox, ix);
          for (let plane = 0; both > 0 && plane < n * c; plane++)
            visit((plane * rows.out + oy) * columns.out + ox, (plane * height + iy) * width + ix, both);
        }
      }
    }
  }
  return [n, c, rows.out, columns.out];
}

export const resize: NaiveOperator = {
  forward(site) {
    const x = input(site, 0);
    const out = zeros(lengths(site).map((length) => length.out));
    eachShare(site, (o, i, part) => (out.data[o]! += x.data[i]! * part));
    return [out];
  },
  down(site) {
    const s = signal(site);
    const result = zeros(input(site, 0).dims);
    eachShare(site, (o, i, part) => (result.data[i]! += s.data[o]! * part));
    return [result];
  },
};
