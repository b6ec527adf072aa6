import type { Graph, GraphNode } from '../graph/graph';

const float64 = 11;

/**
 * A graph that finds the switches of its max pools in double precision, beside the pools themselves. An execution provider
 * of a graphics card that has pools but no switches leaves doubles to the CPU, and every float is a double: the same maxima,
 * in the same order, in the same places.
 */
export function withSwitchesInDouble(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.flatMap((node) => apart(node) ?? [node]) };
}

/** The pool without its switches, and a pool for nothing else; `undefined` where nobody asks for switches. */
function apart(node: GraphNode): readonly GraphNode[] | undefined {
  const [input] = node.inputs;
  const [output, switches] = node.outputs;
  if (node.op !== 'MaxPool' || node.domain !== '' || input === undefined || !switches) return undefined;
  const [doubles, maxima] = [`${switches}:double`, `${switches}:maxima`];
  const cast: GraphNode = {
    name: `${doubles}:cast`,
    op: 'Cast',
    domain: '',
    inputs: [input],
    outputs: [doubles],
    attributes: new Map([['to', { kind: 'int', value: float64 }]]),
  };
  const finding = { ...node, name: `${switches}:pool`, inputs: [doubles], outputs: [maxima, switches] };
  return [...(output ? [{ ...node, outputs: [output] }] : []), cast, finding];
}
