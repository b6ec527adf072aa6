import type { MethodName } from './methods';
import { routeTo, type Stop } from './route';
import type { Network } from '../network';

/** How faithfully a method's picture of a tensor's units follows from the paper. */
export interface Faithfulness {
  readonly status: 'exact' | 'approximate' | 'refused';
  /** The nodes that are not exact, those that refuse first, each with one sentence. */
  readonly nodes: readonly { readonly node: string; readonly op: string; readonly reason: string }[];
}

/** Judges every node between a tensor and the image. */
export function faithfulness(
  network: Network,
  tensor: string,
  method: MethodName = 'deconvnet',
): Faithfulness {
  const route = routeTo(network, tensor, method);
  const refused = route.flatMap((stop) => note(stop, stop.refusal));
  const approximate = route.flatMap((stop) =>
    stop.refusal === undefined ? note(stop, stop.rule?.approximate?.(stop.site)) : [],
  );
  const status = refused.length > 0 ? 'refused' : approximate.length > 0 ? 'approximate' : 'exact';
  return { status, nodes: [...refused, ...approximate] };
}

function note({ node }: Stop, reason: string | undefined): Faithfulness['nodes'] {
  return reason === undefined ? [] : [{ node: node.name, op: node.op, reason }];
}
