import type { Graph, GraphNode } from '../graph/graph';

/** A part of a graph: what computes `tensors` from `from`. */
export interface Part {
  /** What is fed in place of the image; the graph's own input where left out. */
  readonly from?: string | undefined;
  /** Height and width of what is fed, where it is a crop of the tensor. */
  readonly crop?: readonly [height: number, width: number];
  readonly tensors: readonly string[];
  /** Tensors of which only the strongest activation of each map is computed, under the names of `peakNames`. */
  readonly peaks?: readonly string[];
}

/**
 * The part of a graph that computes `tensors`, with only those as outputs and only the weights it needs. `from`
 * becomes its one input, of shape `dims`; undefined where some tensor also depends on the image by another way.
 */
export function cutGraph(
  graph: Graph,
  { from, tensors }: Pick<Part, 'from' | 'tensors'>,
  dims: readonly (number | null)[],
): Graph | undefined {
  const producers = new Map<string, GraphNode>();
  for (const node of graph.nodes) for (const output of node.outputs) producers.set(output, node);
  const input = from ?? graph.inputs[0]!.name;
  const needed = new Set<GraphNode>();
  const read = new Set<string>();
  const open = [...tensors];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === '' || name === input || read.has(name)) continue;
    read.add(name);
    if (graph.inputs.some((value) => value.name === name)) return undefined;
    const node = producers.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    open.push(...node.inputs);
  }
  // Subgraphs of control flow read tensors that their nodes do not name.
  const whole = [...needed].some(hasSubgraph);
  if (whole && from !== undefined) return undefined;
  return {
    ...graph,
    inputs: [{ name: input, type: 'float32', shape: dims }],
    outputs: tensors.map((name) => ({ name, type: 'float32', shape: null })),
    nodes: whole ? graph.nodes : graph.nodes.filter((node) => needed.has(node)),
    constants: whole ? graph.constants : new Map([...graph.constants].filter(([name]) => read.has(name))),
  };
}

export function hasSubgraph({ attributes }: GraphNode): boolean {
  return [...attributes.values()].some(({ kind }) => kind === 'opaque');
}
