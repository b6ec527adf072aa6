import { convolutions } from './convolution';
import { dense } from './dense';
import { elementwise } from './elementwise';
import { layouts } from './layout';
import type { Operator } from './operator';
import { poolings } from './pooling';
import { resizes } from './resize';
import { transposedConvolutions } from './transposedConvolution';
import type { GraphNode } from '../graph/graph';

const table: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...convolutions,
    ...transposedConvolutions,
    ...poolings,
    ...elementwise,
    ...dense,
    ...layouts,
    ...resizes,
  }),
);

/** What is known about a node's operator; undefined for operators of other domains and unknown ones. */
export function operatorOf(node: GraphNode): Operator | undefined {
  return node.domain === '' ? table.get(node.op) : undefined;
}
