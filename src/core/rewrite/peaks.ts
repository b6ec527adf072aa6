import type { Attribute, Graph, GraphNode, Value } from '../graph/graph';
import type { Grid } from '../ops/grid';
import { int64Vector, type Tensor } from '../tensor/tensor';
import { switchesSince } from './instrument';

/** What `withPeaks` adds for a tensor: the strongest activation of every map, and its row-major position in the map. */
export interface PeakNames {
  readonly maxima: string;
  /** `null` where maps have a single position. */
  readonly positions: string | null;
}

/** Names of the outputs that `withPeaks` adds for a tensor. */
export function peakNames(tensor: string, { height, width }: Pick<Grid, 'height' | 'width'>): PeakNames {
  if (height * width === 1) return { maxima: tensor, positions: null };
  return { maxima: `${tensor}:maxima`, positions: `${tensor}:positions` };
}

/**
 * A graph whose outputs are `whole` and, of each tensor of `peaks`, no longer its feature maps but their strongest
 * activations: float32, one number a map, image by image, for the values and for the positions. The first position wins
 * on ties, as in `argMax`. A max pool as large as the map finds both where the map lies, so nothing else has to leave
 * the runtime.
 */
export function withPeaks(graph: Graph, whole: readonly string[], peaks: ReadonlyMap<string, Grid>): Graph {
  const nodes = new Map<string, readonly GraphNode[]>();
  const constants = new Map<string, Tensor>();
  const outputs: Value[] = whole.map((name) => ({ name, type: 'float32', shape: null }));
  for (const [tensor, grid] of peaks) {
    const { maxima, positions } = peakNames(tensor, grid);
    outputs.push({ name: maxima, type: 'float32', shape: null });
    if (positions === null) continue;
    outputs.push({ name: positions, type: 'float32', shape: null });
    const added = peakNodes(tensor, grid, { maxima, positions });
    nodes.set(tensor, added.nodes);
    for (const [name, value] of added.constants) constants.set(name, value);
  }
  if (nodes.size === 0) return { ...graph, outputs };
  return {
    ...graph,
    opset: Math.max(graph.opset, switchesSince),
    // Right behind what makes the maps, so that they can be given up soon.
    nodes: graph.nodes.flatMap((node) => [
      node,
      ...node.outputs.flatMap((output) => nodes.get(output) ?? []),
    ]),
    constants: new Map([...graph.constants, ...constants]),
    outputs,
  };
}

/** The pool counts positions over the whole batch: what whole maps before it hold is taken off. */
function peakNodes(
  tensor: string,
  { maps, height, width }: Grid,
  { maxima, positions }: { readonly maxima: string; readonly positions: string },
): { nodes: GraphNode[]; constants: Map<string, Tensor> } {
  const name = (part: string): string => `${tensor}:peaks:${part}`;
  const constants = new Map([
    [name('shape'), int64Vector([-1, maps, height, width])],
    [name('plane'), int64Vector([height * width])],
  ]);
  const kernel: Attribute = { kind: 'ints', value: [height, width] };
  const to: Attribute = { kind: 'int', value: 1 };
  const nodes = [
    node('Reshape', [tensor, name('shape')], [name('maps')]),
    node('MaxPool', [name('maps')], [maxima, name('index')], { kernel_shape: kernel }),
    node('Div', [name('index'), name('plane')], [name('before')]),
    node('Mul', [name('before'), name('plane')], [name('first')]),
    node('Sub', [name('index'), name('first')], [name('position')]),
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
