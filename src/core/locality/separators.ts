import type { Graph, GraphNode } from '../graph/graph';
import { hasSubgraph } from '../rewrite/cut';

/**
 * The tensors by which alone all of `wanted` depends on what is fed: where `cutGraph` can cut. Once such a tensor is computed,
 * nothing else that depends on the image is read any more, in whatever order nodes run; so one walk finds all of them. None
 * where control flow hides what it reads.
 */
export function separators(graph: Graph, wanted: readonly string[]): ReadonlySet<string> {
  const nodes = neededNodes(graph, wanted);
  const found = new Set<string>();
  if (nodes.some(hasSubgraph)) return found;
  const lastUse = new Map<string, number>();
  nodes.forEach(({ inputs }, i) => inputs.forEach((name) => lastUse.set(name, i)));
  for (const name of wanted) lastUse.set(name, Infinity);
  const isRead = (name: string): boolean => lastUse.has(name);
  /** What depends on the image and is still to be read. */
  const alive = new Set(graph.inputs.map(({ name }) => name).filter(isRead));
  const moving = new Set(alive);
  const note = (): void => {
    if (alive.size === 1) for (const name of alive) found.add(name);
  };
  note();
  for (const [i, { inputs, outputs }] of nodes.entries()) {
    if (!inputs.some((name) => moving.has(name))) continue;
    for (const name of inputs) if (lastUse.get(name) === i) alive.delete(name);
    for (const name of outputs.filter(isRead)) {
      moving.add(name);
      alive.add(name);
    }
    note();
  }
  return found;
}

/** The nodes that `wanted` depends on, in their order. */
export function neededNodes(
  { nodes }: { readonly nodes: readonly GraphNode[] },
  wanted: readonly string[],
): readonly GraphNode[] {
  const names = new Set(wanted);
  const needed: GraphNode[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some((name) => name !== '' && names.has(name))) continue;
    needed.push(node);
    for (const name of node.inputs) names.add(name);
  }
  return needed.reverse();
}
