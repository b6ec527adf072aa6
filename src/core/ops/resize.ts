import { ShapeError, firstInput, type Operator, type Region } from './operator';
import { constantInput, inputDims, type Site } from './site';
import { floatsAttribute, intAttribute, intsAttribute, stringAttribute } from '../graph/attributes';
import { toNumbers } from '../tensor/tensor';

/** An input position that an output position is made of, with its share. */
export interface Tap {
  readonly position: number;
  readonly weight: number;
}

/** What each output position along the rows and along the columns of a Resize or Upsample is made of. */
export interface Resampling {
  readonly y: readonly (readonly Tap[])[];
  readonly x: readonly (readonly Tap[])[];
}

/** Upsample and operator set 10 pass the scales as input 1; later sets have a region of interest there, and more ways. */
function isEarly({ node }: Site): boolean {
  return node.op === 'Upsample' || node.inputs.length === 2;
}

/** Output lengths of all axes, and how many output positions there are for each input position. */
function targetOf(site: Site): { readonly dims: readonly number[]; readonly scales: readonly number[] } {
  const input = inputDims(site, 0);
  const early = isEarly(site);
  const axes = intsAttribute(site.node, 'axes')?.map((axis) => (axis < 0 ? axis + input.length : axis));
  const spread = (given: readonly number[], whole: readonly number[]): readonly number[] => {
    if (given.length !== (axes ?? input).length) throw new ShapeError(`${site.node.op} of other axes`);
    return axes ? whole.map((value, axis) => given[axes.indexOf(axis)] ?? value) : given;
  };
  const sizes = early ? undefined : listOf(site, 3);
  if (sizes !== undefined) {
    const dims = spread(sizes, input);
    return { dims, scales: dims.map((dim, axis) => dim / input[axis]!) };
  }
  const given = listOf(site, early ? 1 : 2) ?? floatsAttribute(site.node, 'scales');
  if (given === undefined) throw new ShapeError(`${site.node.op} to a size that depends on the image`);
  const scales = spread(
    given,
    input.map(() => 1),
  );
  return { dims: input.map((dim, axis) => Math.floor(dim * scales[axis]!)), scales };
}

function listOf(site: Site, index: number): readonly number[] | undefined {
  const value = constantInput(site, index);
  return value && value.data.length > 0 ? toNumbers(value) : undefined;
}

/** Where an output position lies among the input positions, for each way of ONNX to say so. */
type Coordinate = (position: number, scale: number, input: number, output: number) => number;

/** In float32, as ONNX Runtime computes it: rounding decides which neighbour is nearest. */
const f = Math.fround;
const halfPixel: Coordinate = (o, scale) => f(f(f(o + 0.5) / f(scale)) - 0.5);
const coordinates: Readonly<Record<string, Coordinate>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (o, scale, input, output) => (output > 1 ? halfPixel(o, scale, input, output) : 0),
  align_corners: (o, _scale, input, output) => (output === 1 ? 0 : f(f(o * (input - 1)) / f(output - 1))),
  asymmetric: (o, scale) => f(o / f(scale)),
  tf_half_pixel_for_nn: (o, scale) => f(f(o + 0.5) / f(scale)),
};

const roundings: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function coordinateMode(site: Site): string {
  const fallback = isEarly(site) ? 'asymmetric' : 'half_pixel';
  return stringAttribute(site.node, 'coordinate_transformation_mode', fallback);
}

/** Why the way down does not know a resampling in particular; undefined where it does. */
export function unknownResampling(site: Site): string | undefined {
  const { node } = site;
  const mode = stringAttribute(node, 'mode', 'nearest');
  if (mode !== 'nearest' && mode !== 'linear') return `it resamples by mode "${mode}"`;
  if (intAttribute(node, 'antialias', 0) === 1) return 'it smooths before it resamples';
  if (stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch') !== 'stretch')
    return 'it keeps an aspect ratio';
  if (!Object.hasOwn(coordinates, coordinateMode(site)))
    return `it places pixels by "${coordinateMode(site)}"`;
  const { dims } = targetOf(site);
  const input = inputDims(site, 0);
  const spatial = input.length === 4 && dims.every((dim, axis) => axis > 1 || dim === input[axis]);
  return spatial ? undefined : 'it resamples other axes than rows and columns';
}

/** What every output row and column is made of. Only where `unknownResampling` has no objection. */
export function resamplingOf(site: Site): Resampling {
  const { dims, scales } = targetOf(site);
  const input = inputDims(site, 0);
  return {
    y: axisTaps(site, input[2]!, dims[2]!, scales[2]!),
    x: axisTaps(site, input[3]!, dims[3]!, scales[3]!),
  };
}

function axisTaps(site: Site, input: number, output: number, scale: number): Tap[][] {
  const coordinate = coordinates[coordinateMode(site)]!;
  const linear = stringAttribute(site.node, 'mode', 'nearest') === 'linear';
  const inside = (position: number): number => Math.min(Math.max(position, 0), input - 1);
  const round = nearest(site, scale);
  return Array.from({ length: output }, (_, o) => {
    const place = scale === 1 ? o : coordinate(o, scale, input, output);
    if (!linear) return [{ position: inside(round(place)), weight: 1 }];
    const [at, low] = [inside(place), Math.floor(inside(place))];
    const high = Math.min(low + 1, input - 1);
    if (at === low || high === low) return [{ position: low, weight: 1 }];
    return [
      { position: low, weight: low + 1 - at },
      { position: high, weight: at - low },
    ];
  });
}

/** The rounding of a nearest neighbour. Before operator set 11 it went down, or up where the picture shrinks. */
function nearest(site: Site, scale: number): (x: number) => number {
  if (isEarly(site)) return scale < 1 ? Math.ceil : Math.floor;
  return roundings[stringAttribute(site.node, 'nearest_mode', 'round_prefer_floor')] ?? Math.floor;
}

function reachAlong(taps: readonly (readonly Tap[])[], start: number, length: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let o = Math.max(0, start); o < Math.min(taps.length, start + length); o++) {
    for (const { position } of taps[o]!) [low, high] = [Math.min(low, position), Math.max(high, position)];
  }
  return low > high ? [0, 0] : [low, high - low + 1];
}

const resize: Operator = {
  shapes: (site) => [targetOf(site).dims],
  paths: firstInput,
  reach(site, _input, region): Region {
    if (region === 'all' || unknownResampling(site) !== undefined) return 'all';
    const { y, x } = resamplingOf(site);
    const [top, height] = reachAlong(y, region.top, region.height);
    const [left, width] = reachAlong(x, region.left, region.width);
    return { top, left, height, width };
  },
};

/** What is known of the operators that enlarge or shrink feature maps. */
export const resizes: Readonly<Record<string, Operator>> = { Resize: resize, Upsample: resize };
