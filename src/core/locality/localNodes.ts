import { compose, join, ownFootprints, type Footprints } from './footprint';
import { intAttribute, stringAttribute } from '../graph/attributes';
import type { GraphNode } from '../graph/graph';
import { siteOf, type ResolvedGraph } from '../graph/resolve';
import type { Network } from '../network';
import { isActivation } from '../ops/activations';
import { convolutionOf } from '../ops/convolution';
import { padsOf } from '../ops/layoutParameters';
import { ShapeError } from '../ops/operator';
import { poolingWindow } from '../ops/pooling';
import { inputDims, normalizeAxis, outputDims, type Site } from '../ops/site';
import { extentOf, type Window, type WindowAxis } from '../ops/window';
import type { Dims } from '../tensor/tensor';

/** How the output of a node depends on each of its inputs; undefined where it does so in no uniform way. */
type Local = (site: Site) => Footprints | undefined;

/** A node that does the same at every position: a convolution, a pool, an activation, a sum, contrast normalisation over maps. */
export interface LocalNode {
  /** Those that depend on the image. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Of the output on each of the inputs. */
  readonly footprints: Footprints;
}

/** The nodes of a network that do the same at every position, in order. What averages over the whole picture, or tells positions apart, is none. */
export function localNodes({ resolved }: Network): readonly LocalNode[] {
  const sized = fromSizes(resolved);
  return resolved.nodes.flatMap((node) => {
    const [output, ...others] = node.outputs;
    if (others.some((name) => name !== '') || node.inputs.some((name) => sized.has(name))) return [];
    const inputs = node.inputs.filter((name) => name !== '' && !resolved.constants.has(name));
    const footprints = inputs.length === 0 ? undefined : footprintsOf(siteOf(resolved, node));
    return footprints ? [{ inputs, output: output!, footprints }] : [];
  });
}

/** How tensors depend on `from`, by name: those that are computed from it by local nodes alone. */
export function footprintsFrom(nodes: readonly LocalNode[], from: string): ReadonlyMap<string, Footprints> {
  const found = new Map<string, Footprints>([[from, ownFootprints]]);
  for (const { inputs, output, footprints } of nodes) {
    if (output === from || !inputs.every((name) => found.has(name))) continue;
    const all = through(
      footprints,
      inputs.map((name) => found.get(name)!),
    );
    if (all) found.set(output, all);
  }
  return found;
}

/** Constants that are worked out from the size of what depends on the image: a crop would make others of them. */
function fromSizes({ graph, constants }: ResolvedGraph): ReadonlySet<string> {
  const sized = new Set<string>();
  for (const { op, inputs, outputs } of graph.nodes) {
    const measures = (op === 'Shape' || op === 'Size') && !graph.constants.has(inputs[0]!);
    if (!measures && !inputs.some((name) => sized.has(name))) continue;
    for (const output of outputs) if (constants.has(output)) sized.add(output);
  }
  return sized;
}

function through(above: Footprints, below: readonly Footprints[]): Footprints | undefined {
  const along = (axis: 'y' | 'x') =>
    below
      .map((footprints) => compose(above[axis], footprints[axis]))
      .reduce(
        (a, b) => a && b && join(a, b),
        compose(above[axis], below[0]![axis]) as ReturnType<typeof join>,
      );
  const [y, x] = [along('y'), along('x')];
  return y && x && { y, x };
}

function footprintsOf(site: Site): Footprints | undefined {
  const { node } = site;
  if (node.domain !== '') return undefined;
  const local = isActivation(node.op) ? samePositions : localOperators.get(node.op);
  try {
    return local?.(site);
  } catch (error) {
    if (error instanceof ShapeError) return undefined;
    throw error;
  }
}

function ofWindow({ y, x }: Window): Footprints {
  return { y: ofWindowAxis(y), x: ofWindowAxis(x) };
}

function ofWindowAxis(axis: WindowAxis) {
  return { stride: axis.stride, start: -axis.padBefore, extent: extentOf(axis) };
}

/** Operands have the positions of the output, or are constants that are the same at all of them. */
const samePositions: Local = (site) => {
  const positions = positionsOf(outputDims(site));
  const fits = site.node.inputs.every((name, i) => {
    if (name === '') return true;
    const operand = positionsOf(inputDims(site, i));
    if (site.constants.has(name)) return operand.every((length) => length === 1);
    return operand.length === 2 && operand.every((length, axis) => length === positions[axis]);
  });
  return fits ? ownFootprints : undefined;
};

/** Parameters of a normalisation are vectors over the maps. */
const perMap: Local = ({ node, constants }) =>
  node.inputs.every((name, i) => i === 0 || constants.has(name)) ? ownFootprints : undefined;

const concatenation: Local = (site) => {
  const axis = normalizeAxis(intAttribute(site.node, 'axis', 1), outputDims(site).length);
  const moving = site.node.inputs.every((name) => !site.constants.has(name));
  return axis === 1 && moving ? ownFootprints : undefined;
};

const padding: Local = (site) => {
  if (stringAttribute(site.node, 'mode', 'constant') !== 'constant') return undefined;
  const [images, maps, ...around] = padsOf(site);
  const spatial = around.length === 2 && [...images!, ...maps!].every((pad) => pad === 0);
  if (!spatial || around.flat().some((pad) => pad < 0)) return undefined;
  const [y, x] = around.map(([before]) => ({ stride: 1, start: -before, extent: 1 }));
  return { y: y!, x: x! };
};

function positionsOf(dims: Dims): Dims {
  return dims.slice(-2);
}

const localOperators: ReadonlyMap<GraphNode['op'], Local> = new Map([
  ['Conv', (site: Site) => ofWindow(convolutionOf(site).window)],
  ['MaxPool', (site: Site) => ofWindow(poolingWindow(site))],
  ['AveragePool', (site: Site) => ofWindow(poolingWindow(site))],
  ['Concat', concatenation],
  ['Pad', padding],
  ...['LRN', 'BatchNormalization', 'Identity', 'Dropout', 'Cast'].map((op) => [op, perMap] as const),
  ...['Neg', 'Exp', 'Sqrt', 'Erf', 'Abs', 'Add', 'Sum', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Mean', 'Pow'].map(
    (op) => [op, samePositions] as const,
  ),
]); // prettier-ignore
