import type { GraphNode } from '../graph/graph';
import type { Network } from '../network';
import { neededNodes, separators } from './separators';
import { sizeOf } from '../tensor/tensor';

/** A tensor through which everything that is wanted depends on the image. */
export interface Waist {
  readonly tensor: string;
  /** What computing it from the image takes, in the unit of `nodeCost`. */
  readonly cost: number;
}

/** Multiplications that take as long as moving one element through a node. */
export const ELEMENT_COST = 16;

/**
 * The tensors, from the image on, at which a network can be cut in two so that all of `wanted` lies behind: each
 * `[N, C, H, W]`. The image itself is the first.
 */
export function waistsBefore(network: Network, wanted: readonly string[]): readonly Waist[] {
  const { resolved, input } = network;
  // What runs may spell things out by further nodes, as arithmetic with the size of the image.
  const cuts = separators(resolved.graph, wanted);
  const waists: Waist[] = [];
  let cost = 0;
  const note = (tensor: string): void => {
    const isMaps = resolved.grids.get(tensor)?.axes === 2 && resolved.shapes.get(tensor)?.length === 4;
    if (isMaps && cuts.has(tensor)) waists.push({ tensor, cost });
  };
  note(input.name);
  for (const node of neededNodes(resolved, wanted)) {
    if (node.outputs.some((name) => wanted.includes(name))) break;
    cost += nodeCost(network, node);
    note(node.outputs[0]!);
  }
  return waists;
}

/** What computing tensors from the image takes. */
export function costOf(network: Network, wanted: readonly string[]): number {
  let cost = 0;
  for (const node of neededNodes(network.resolved, wanted)) cost += nodeCost(network, node);
  return cost;
}

/** What a node takes for one picture: its multiplications, and the elements that it reads and writes. */
function nodeCost({ resolved: { shapes, constants } }: Network, { op, inputs, outputs }: GraphNode): number {
  const size = (name: string): number => (constants.has(name) ? 0 : sizeOf(shapes.get(name) ?? [0]));
  const moved = [...inputs, ...outputs].reduce((total, name) => total + size(name), 0);
  return multiplications(op, shapes.get(inputs[1] ?? ''), size(outputs[0]!)) + ELEMENT_COST * moved;
}

function multiplications(op: string, weights: readonly number[] | undefined, outputs: number): number {
  if (weights === undefined) return 0;
  if (op === 'Conv') return outputs * sizeOf(weights.slice(1));
  return op === 'Gemm' || op === 'MatMul' ? sizeOf(weights) : 0;
}
