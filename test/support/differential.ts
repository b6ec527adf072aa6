import {
  expectSameForward,
  expectSameProjections,
  isComparable,
  precision,
  recordTwins,
  tensorsOf,
  type Twins,
} from './againstNaive';
import { valuesOf } from './naiveNet';
import { buildPlan, type GraphPlan } from './randomGraph';
import { methods, type MethodName } from '../../src/core/deconvnet/methods';

/** Two values are as good as equal to a max pool that rounds otherwise. */
const rounding = 1e-5;

/**
 * Whether values differ by more than `precision`, but by less than that part of the largest value that they were made of: where large
 * terms cancel, as in the mean of a map, their rounding is all there is.
 */
function isCancelled({ recording, naive }: Twins): boolean {
  const scales = new Map<string, number>();
  let cancelled = false;
  for (const { inputs, outputs } of recording.network.resolved.graph.nodes) {
    const below = inputs.filter((name) => naive.varying.has(name)).map((name) => scales.get(name) ?? 0);
    for (const output of outputs) {
      if (!naive.varying.has(output)) continue;
      const { data } = valuesOf(naive, output);
      const own = largestOf(data);
      const scale = Math.max(own, ...below);
      scales.set(output, scale);
      const features = recording.features.get(output);
      if (!features) continue;
      const difference = largestOf(data.map((value, i) => value - features[i]!));
      if (difference > precision * scale) return false;
      cancelled ||= difference > precision * own;
    }
  }
  return cancelled;
}

function largestOf(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** Whether a switch differs because two values of a window are equal but for rounding: then either is right. */
function isDecidedByRounding({ recording, naive }: Twins): boolean {
  for (const node of recording.network.resolved.nodes) {
    const [own, other] = [recording.switches.get(node.name), naive.switches.get(node.name)?.data];
    if (!own || !other) continue;
    const { data } = valuesOf(naive, node.inputs[0]!);
    const scale = largestOf(data);
    for (let i = 0; i < own.length; i++) {
      const gap = Math.abs(data[own[i]!]! - data[other[i]!]!);
      if (own[i] !== other[i] && gap <= rounding * scale) return true;
    }
  }
  return false;
}

/** ONNX Runtime's Sigmoid is good to 4e-8, which is too much of a gate that is smaller than this. */
const faint = 4e-8 / precision;

/** Whether a gate is so nearly closed that what it lets through depends on how the runtime computes a Sigmoid. */
function isNearlyClosed({ naive }: Twins): boolean {
  const { nodes } = naive.graph;
  const gates = nodes.filter(({ op }) => op === 'Sigmoid').map(({ outputs }) => outputs[0]!);
  return gates
    .filter((gate) => nodes.some(({ op, inputs }) => (op === 'Mul' || op === 'Div') && inputs.includes(gate)))
    .some((gate) => valuesOf(naive, gate).data.some((value) => value < faint));
}

/**
 * Holds one random graph's forward pass and the projections of units of its last tensors, by every method, against the naive
 * network. Returns whether the two could be compared.
 */
export async function compareWithNaive(plan: GraphPlan): Promise<'compared' | 'rounded'> {
  const twins = await recordTwins(buildPlan(plan));
  if (isDecidedByRounding(twins) || isCancelled(twins) || isNearlyClosed(twins)) return 'rounded';
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
