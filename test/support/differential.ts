import {
  expectSameForward,
  expectSameProjections,
  isComparable,
  recordTwins,
  tensorsOf,
  type Twins,
} from './againstNaive';
import { valuesOf } from './naiveNet';
import { buildPlan, type GraphPlan } from './randomGraph';
import { methods, type MethodName } from '../../src/core/deconvnet/methods';

/** Two values are as good as equal to a max pool that rounds otherwise. */
const rounding = 1e-5;

/** Whether a switch differs because two values of a window are equal but for rounding: then either is right. */
function isDecidedByRounding({ recording, naive }: Twins): boolean {
  for (const node of recording.network.resolved.nodes) {
    const [own, other] = [recording.switches.get(node.name), naive.switches.get(node.name)?.data];
    if (!own || !other) continue;
    const { data } = valuesOf(naive, node.inputs[0]!);
    const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (let i = 0; i < own.length; i++) {
      const gap = Math.abs(data[own[i]!]! - data[other[i]!]!);
      if (own[i] !== other[i] && gap <= rounding * scale) return true;
    }
  }
  return false;
}

/**
 * Holds one random graph's forward pass and the projections of units of its last tensors, by every method, against the naive
 * network. Returns whether the two could be compared.
 */
export async function compareWithNaive(plan: GraphPlan): Promise<'compared' | 'rounded'> {
  const twins = await recordTwins(buildPlan(plan));
  if (isDecidedByRounding(twins)) return 'rounded';
  expectSameForward(twins);
  const { grids } = twins.recording.network.resolved;
  const projectable = tensorsOf(twins).filter((tensor) => grids.has(tensor));
  for (const tensor of projectable.slice(-2)) {
    for (const method of Object.keys(methods) as MethodName[]) {
      if (isComparable(twins, tensor, method)) await expectSameProjections(twins, tensor, method);
    }
  }
  return 'compared';
}
