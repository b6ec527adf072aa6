import type { Graph, GraphNode } from '../graph/graph';

/** The order of axes that turns `[N, C, H, W]` to `[N, H, W, C]`, and the one that turns it back. */
export const toLast = [0, 2, 3, 1];
export const toFirst = [0, 3, 1, 2];

/**
 * The model as it runs, with the tensors of `turned` as `[N, C, H, W]` under their own names: what makes them and what reads them
 * keeps `[N, H, W, C]`, behind a Transpose each. Where nobody fetches or feeds such a tensor, the runtime joins the two to nothing.
 */
export function withMapsFirst(graph: Graph, turned: ReadonlySet<string>): Graph {
  if (turned.size === 0) return graph;
  const made = (tensor: string): string => (turned.has(tensor) ? `${tensor}:made` : tensor);
  const read = (tensor: string): string => (turned.has(tensor) ? `${tensor}:read` : tensor);
  const nodes = graph.nodes.flatMap((node) => [
    { ...node, inputs: node.inputs.map(read), outputs: node.outputs.map(made) },
    ...node.outputs
      .filter((output) => turned.has(output))
      .flatMap((output) => [
        transposed(made(output), output, toFirst),
        transposed(output, read(output), toLast),
      ]),
  ]);
  const outputs = graph.outputs.map((value) => (turned.has(value.name) ? { ...value, shape: null } : value));
  return { ...graph, nodes, outputs };
}

/** A node that turns `from` to `to`. */
export function transposed(from: string, to: string, order: readonly number[]): GraphNode {
  return {
    name: `${to}:turn`,
    op: 'Transpose',
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes: new Map([['perm', { kind: 'ints', value: order }]]),
  };
}
