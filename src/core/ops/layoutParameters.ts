import { ShapeError } from './operator';
import { constantInput, inputDims, normalizeAxis, type Site } from './site';
import { intAttribute, intsAttribute } from '../graph/attributes';
import { sizeOf, toNumbers, type Dims } from '../tensor/tensor';

/** A list that newer operator sets pass as an input and older ones as an attribute; undefined where neither does. */
function listParameter(site: Site, input: number, attribute: string): readonly number[] | undefined {
  const name = site.node.inputs[input] ?? '';
  if (name === '') return intsAttribute(site.node, attribute);
  const value = constantInput(site, input);
  if (value === undefined)
    throw new ShapeError(`${site.node.op} with ${attribute} that depends on the image`);
  return toNumbers(value);
}

/** Output dimensions of a Reshape: 0 copies (unless `allowzero`), -1 takes what is left. Throws where sizes differ. */
export function reshapedDims(site: Site): Dims {
  const wanted = listParameter(site, 1, 'shape');
  if (wanted === undefined) throw new ShapeError('Reshape without a shape');
  const input = inputDims(site, 0);
  const keepZero = intAttribute(site.node, 'allowzero', 0) === 1;
  const dims = wanted.map((dim, axis) => (dim === 0 && !keepZero ? (input[axis] ?? 0) : dim));
  const open = dims.indexOf(-1);
  if (open >= 0) {
    const known = sizeOf(dims.filter((_, axis) => axis !== open));
    dims[open] = known === 0 ? 0 : sizeOf(input) / known;
  }
  if (sizeOf(dims) !== sizeOf(input) || dims.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    throw new ShapeError(`Reshape of [${input.join(', ')}] to [${wanted.join(', ')}]`);
  }
  return dims;
}

/** The axes a Squeeze removes, none negative: all of length 1 where it names none. */
export function squeezeAxes(site: Site): readonly number[] {
  const dims = inputDims(site, 0);
  const axes = listParameter(site, 1, 'axes');
  if (axes === undefined) return dims.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
  return axes.map((axis) => normalizeAxis(axis, dims.length));
}

/** Output dimensions of an Unsqueeze. */
export function unsqueezedDims(site: Site): Dims {
  const dims = inputDims(site, 0);
  const axes = listParameter(site, 1, 'axes');
  if (axes === undefined) throw new ShapeError('Unsqueeze without axes');
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.shift() ?? 1)));
}

/** Lengths of a Split's outputs along its axis: as given, else equal, the last one shorter. */
export function splitSizes(site: Site, axis: number): readonly number[] {
  const given = listParameter(site, 1, 'split');
  if (given !== undefined) return given;
  const parts = site.node.outputs.length;
  const size = inputDims(site, 0)[axis]!;
  const part = Math.ceil(size / parts);
  return Array.from({ length: parts }, (_, i) => Math.min(part, size - i * part));
}

/** One axis of a Slice or Crop: `start`, then every `step`-th index, `length` of them. */
export interface Cut {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** What a Slice takes of each axis, bounds clamped to the input as ONNX does. */
export function sliceOf(site: Site): readonly Cut[] {
  const dims = inputDims(site, 0);
  const starts = listParameter(site, 1, 'starts') ?? [];
  const ends = listParameter(site, 2, 'ends') ?? [];
  const axes = listParameter(site, 3, 'axes') ?? starts.map((_, i) => i);
  const steps = listParameter(site, 4, 'steps') ?? starts.map(() => 1);
  const cuts: Cut[] = dims.map((length) => ({ start: 0, step: 1, length }));
  axes.forEach((given, i) => {
    const axis = normalizeAxis(given, dims.length);
    const size = dims[axis];
    const step = steps[i] ?? 1;
    if (size === undefined || step === 0) throw new ShapeError(`Slice along axis ${given} with step ${step}`);
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const bound = (index: number): number => Math.min(Math.max(index < 0 ? index + size : index, low), high);
    const start = bound(starts[i]!);
    cuts[axis] = { start, step, length: Math.max(0, Math.ceil((bound(ends[i]!) - start) / step)) };
  });
  return cuts;
}

/** What a Crop, which early exports of Core ML models have, leaves of rows and columns. */
export function cropOf(site: Site): readonly Cut[] {
  const dims = inputDims(site, 0);
  const [left = 0, top = 0, right = 0, bottom = 0] = intsAttribute(site.node, 'border') ?? [];
  const [height, width] = intsAttribute(site.node, 'scale') ?? [];
  if (dims.length !== 4) throw new ShapeError(`Crop of ${dims.length} axes`);
  const cut = (size: number, start: number, end: number, length = size - start - end): Cut => {
    if (start < 0 || length < 0 || start + length > size)
      throw new ShapeError(`Crop of ${start} to ${start + length} from ${size} positions`);
    return { start, step: 1, length };
  };
  const [images, maps, tall, wide] = dims as [number, number, number, number];
  return [cut(images, 0, 0), cut(maps, 0, 0), cut(tall, top, bottom, height), cut(wide, left, right, width)];
}

/** Padding before and after each axis; negative amounts crop. */
export function padsOf(site: Site): readonly (readonly [before: number, after: number])[] {
  const rank = inputDims(site, 0).length;
  const pads = listParameter(site, 1, 'pads');
  if (pads === undefined) throw new ShapeError('Pad without pads');
  const axes = listParameter(site, 3, 'axes') ?? Array.from({ length: rank }, (_, i) => i);
  const result = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  axes.forEach((axis, i) => {
    result[normalizeAxis(axis, rank)] = [pads[i]!, pads[i + axes.length]!];
  });
  return result;
}
