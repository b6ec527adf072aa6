import type { ResolvedGraph } from '../graph/resolve';
import { sizeOf } from '../tensor/tensor';

/** Beyond this many images weights are read often enough, and answers come too seldom. */
const mostImages = 32;

/** What the activations of one pass may take, bytes. */
const memoryBudget = 256 * 2 ** 20;

/**
 * How many images a pass should take: as many as fit into a fixed memory budget, from 1 to 32. An image is taken to
 * need its widest node, inputs and outputs, and every tensor that is kept as a result.
 */
export function batchSize({ nodes, shapes, constants }: ResolvedGraph, kept: readonly string[]): number {
  const bytesOf = (name: string): number =>
    constants.has(name) || !shapes.has(name) ? 0 : 4 * sizeOf(shapes.get(name)!);
  const sum = (names: readonly string[]): number => names.reduce((total, name) => total + bytesOf(name), 0);
  let widest = 0;
  for (const { inputs, outputs } of nodes) widest = Math.max(widest, sum([...inputs, ...outputs]));
  const perImage = widest + sum(kept);
  return Math.max(1, Math.min(mostImages, Math.floor(memoryBudget / Math.max(1, perImage))));
}
