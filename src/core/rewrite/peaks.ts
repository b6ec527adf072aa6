import type { Attribute, Graph, GraphNode, Value } from '../graph/graph';
import type { Grid } from '../ops/grid';
import { int64Vector, type Tensor } from '../tensor/tensor';
import { axesOf } from './axes';
import { switchesSince } from './instrument';

/** What `withPeaks` adds for a tensor: the strongest activation of every map, and its row-major position in the map. */
export interface PeakNames {
  readonly maxima: string;
  /** `null` where maps have a single position. */
  readonly positions: string | null;
}

type MapsSize = Pick<Grid, 'maps' | 'height' | 'width'>;

/** Names of the outputs that `withPeaks` adds for a tensor. */
export function peakNames(tensor: string, { height, width }: Pick<Grid, 'height' | 'width'>): PeakNames {
  if (height * width === 1) return { maxima: tensor, positions: null };
  return { maxima: `${tensor}:maxima`, positions: `${tensor}:positions` };
}

/**
 * A graph whose outputs are `whole` and, of each tensor of `peaks`, no longer its feature maps but their strongest
 * activations: float32, one number a map, image by image, for the values and for the positions. The first position wins
 * on ties, as in `argMax`. Both are found where the map lies, so nothing else has to leave the runtime.
 */
export function withPeaks(
  graph: Graph,
  whole: readonly string[],
  peaks: ReadonlyMap<string, MapsSize>,
): Graph {
  const nodes = new Map<string, readonly GraphNode[]>();
  const constants = new Map<string, Tensor>();
  const opset = Math.max(graph.opset, switchesSince);
  const outputs: Value[] = whole.map((name) => ({ name, type: 'float32', shape: null }));
  for (const [tensor, grid] of peaks) {
    const { maxima, positions } = peakNames(tensor, grid);
    outputs.push({ name: maxima, type: 'float32', shape: null });
    if (positions === null) continue;
    outputs.push({ name: positions, type: 'float32', shape: null });
    const added = peakNodes(tensor, grid, { maxima, positions }, opset);
    nodes.set(tensor, added.nodes);
    for (const [name, value] of added.constants) constants.set(name, value);
  }
  if (nodes.size === 0) return { ...graph, outputs };
  return {
    ...graph,
    opset,
    // Right behind what makes the maps, so that they can be given up soon.
    nodes: graph.nodes.flatMap((node) => [
      node,
      ...node.outputs.flatMap((output) => nodes.get(output) ?? []),
    ]),
    constants: new Map([...graph.constants, ...constants]),
    outputs,
  };
}

/**
 * The strongest activation of every row first, which takes a fraction of the time that positions take, then the first of
 * the strongest rows, then the first place in that row. Pools count positions over the whole batch: with `n` whole maps
 * before it, the row is `n height + y` and the place in its row `n width + x`.
 */
function peakNodes(
  tensor: string,
  { maps, height, width }: MapsSize,
  { maxima, positions }: { readonly maxima: string; readonly positions: string },
  opset: number,
): { nodes: GraphNode[]; constants: Map<string, Tensor> } {
  const name = (part: string): string => `${tensor}:peaks:${part}`;
  const columns = axesOf('ReduceMax', opset, [3], name('columns'));
  const constants = new Map([
    ...columns.constants,
    [name('shape'), int64Vector([-1, maps, height, width])],
    [name('rows'), int64Vector([-1, width])],
    [name('row of each'), int64Vector([-1, maps, 1, width])],
    [name('height'), int64Vector([height])],
    [name('width'), int64Vector([width])],
    [name('counted twice'), int64Vector([(height + 1) * width])],
  ]);
  const across: Attribute = { kind: 'ints', value: [1, width] };
  const down: Attribute = { kind: 'ints', value: [height, 1] };
  const to: Attribute = { kind: 'int', value: 1 };
  const nodes = [
    node('Reshape', [tensor, name('shape')], [name('maps')]),
    node('ReduceMax', [name('maps'), ...columns.inputs], [name('of rows')], columns.attributes),
    node('MaxPool', [name('of rows')], [maxima, name('y')], { kernel_shape: down }),
    node('Reshape', [tensor, name('rows')], [name('all rows')]),
    node('Gather', [name('all rows'), name('y')], [name('strongest rows')]),
    node('Reshape', [name('strongest rows'), name('row of each')], [name('strongest row')]),
    node('MaxPool', [name('strongest row')], [name('again'), name('x')], { kernel_shape: across }),
    node('Div', [name('y'), name('height')], [name('maps before')]),
    node('Mul', [name('y'), name('width')], [name('row starts')]),
    node('Add', [name('row starts'), name('x')], [name('counted')]),
    node('Mul', [name('maps before'), name('counted twice')], [name('before')]),
    node('Sub', [name('counted'), name('before')], [name('position')]),
    node('Cast', [name('position')], [positions], { to }),
  ];
  return { nodes, constants };
}

function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
): GraphNode {
  const [first] = outputs;
  return {
    name: `${first}:${op}`,
    op,
    domain: '',
    inputs,
    outputs,
    attributes: new Map(Object.entries(attributes)),
  };
}
