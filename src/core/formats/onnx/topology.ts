import { cyclicGraph, duplicateTensor, missingTensor } from '../../errors';
import type { GraphNode } from '../../graph/graph';

interface Unsorted {
  readonly nodes: readonly GraphNode[];
  /** Names that need no node: graph inputs and constants. */
  readonly given: ReadonlySet<string>;
  /** Further names a node reads (from inside its subgraphs). */
  readonly captures: ReadonlyMap<GraphNode, readonly string[]>;
}

/**
 * The nodes in topological order, as close to the given order as possible. Throws a `UserError` naming the
 * node where an input has no producer, an output has two, or the graph has a cycle.
 */
export function topologicalOrder({ nodes, given, captures }: Unsorted): GraphNode[] {
  const producers = producersOf(nodes, given);
  const sources = (node: GraphNode): GraphNode[] => {
    const found: GraphNode[] = [];
    for (const tensor of [...node.inputs, ...(captures.get(node) ?? [])]) {
      if (tensor === '' || given.has(tensor)) continue;
      const producer = producers.get(tensor);
      if (producer === undefined) throw missingTensor(node.name, tensor);
      found.push(producer);
    }
    return found;
  };

  // Depth first with a stack of its own: graphs are deeper than the call stack.
  const order: GraphNode[] = [];
  const state = new Map<GraphNode, 'open' | 'done'>();
  for (const root of nodes) {
    const stack = state.has(root) ? [] : [{ node: root, pending: sources(root) }];
    if (stack.length > 0) state.set(root, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = top.pending.shift();
      if (next === undefined) {
        state.set(top.node, 'done');
        order.push(top.node);
        stack.pop();
      } else if (state.get(next) === 'open') {
        throw cyclicGraph(next.name);
      } else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push({ node: next, pending: sources(next) });
      }
    }
  }
  return order;
}

function producersOf(nodes: readonly GraphNode[], given: ReadonlySet<string>): Map<string, GraphNode> {
  const producers = new Map<string, GraphNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (given.has(output) || producers.has(output)) throw duplicateTensor(node.name, output);
      producers.set(output, node);
    }
  }
  return producers;
}
