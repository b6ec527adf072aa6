import { cropAxis, type AxisCrops } from './crops';
import { affected, type Footprints, type Span } from './footprint';
import { footprintsFrom, localNodes } from './localNodes';
import { costOf, ELEMENT_COST, waistsBefore, type Waist } from './waists';
import type { Network } from '../network';
import { sizeOf } from '../tensor/tensor';

/** Positions of a tensor that change: for each change a span of rows and one of columns. */
export interface Changes {
  readonly y: readonly Span[];
  readonly x: readonly Span[];
}

/** One part of a network that is computed on crops. */
export interface Stage {
  readonly from: string;
  readonly to: string;
  /** Of `from`, one for each change. */
  readonly crops: { readonly y: AxisCrops; readonly x: AxisCrops };
}

/** How to compute something for a picture of which little changes. */
export interface LocalPlan {
  /** In order; each begins where the one before ends, the first at the picture. */
  readonly stages: readonly Stage[];
  /** What changes in each stage's `to`. */
  readonly changed: readonly Changes[];
}

/** A waist that crops can lead to, and what changes in it. */
export interface ReachedWaist extends Waist {
  readonly changed: Changes;
}

/** Estimates are rough, and many small runs have a price of their own: what saves less than this saves nothing. */
const WORTHWHILE = 0.75;

/** An element of a crop is copied out of one stage and into the next, row by short row. */
const COPY_COST = 16 * ELEMENT_COST;

/**
 * Plans what to compute of a network when only small windows of its input change. Convolutions and pools are local: a
 * window changes a window of every tensor, until something looks at the whole picture. So the network is cut at waists,
 * and between two of them only crops are computed; from the last one on, everything is. All choices of waists are compared
 * by estimated work. Undefined where computing everything takes about as long as the best of them.
 */
export function planLocally(
  network: Network,
  wanted: readonly string[],
  changes: Changes,
): LocalPlan | undefined {
  const waists = reachableWaists(network, wanted, changes);
  const nodes = localNodes(network);
  const whole = costOf(network, wanted);
  const ways = waists.map((waist, i) => ({ cost: i === 0 ? 0 : Infinity, waists: [waist] }));
  let best = { cost: WORTHWHILE * whole, waists: [] as readonly ReachedWaist[] };
  for (const [i, waist] of waists.entries()) {
    const way = ways[i]!;
    const cost = way.cost + whole - waist.cost + COPY_COST * elementsOf(network, waist.tensor);
    if (i > 0 && cost < best.cost) best = { cost, waists: way.waists };
    const footprints = footprintsFrom(nodes, waist.tensor);
    for (let j = i + 1; j < waists.length; j++) {
      const next = waists[j]!;
      const stage = stageBetween(network, waist, next, footprints.get(next.tensor)!);
      const total = way.cost + stageCost(network, stage, next.cost - waist.cost);
      if (total < ways[j]!.cost) ways[j] = { cost: total, waists: [...way.waists, next] };
    }
  }
  return best.waists.length > 0 ? planThrough(network, best.waists) : undefined;
}

/** The plan whose stages lead from each of the waists to the next; the first one is the picture. */
export function planThrough(network: Network, waists: readonly ReachedWaist[]): LocalPlan {
  const nodes = localNodes(network);
  const stages = waists.slice(1).map((to, i) => {
    const from = waists[i]!;
    return stageBetween(network, from, to, footprintsFrom(nodes, from.tensor).get(to.tensor)!);
  });
  return { stages, changed: waists.slice(1).map(({ changed }) => changed) };
}

/** The waists between the picture and `wanted` to which nothing looks at the whole picture, from the picture on. */
export function reachableWaists(
  network: Network,
  wanted: readonly string[],
  changes: Changes,
): readonly ReachedWaist[] {
  const footprints = footprintsFrom(localNodes(network), network.input.name);
  const reached: ReachedWaist[] = [];
  for (const waist of waistsBefore(network, wanted)) {
    const footprint = footprints.get(waist.tensor);
    if (!footprint) break;
    const [height, width] = sizesOf(network, waist.tensor);
    const changed = {
      y: changes.y.map((span) => affected(footprint.y, span, height)),
      x: changes.x.map((span) => affected(footprint.x, span, width)),
    };
    reached.push({ ...waist, changed });
  }
  return reached;
}

function stageBetween(network: Network, from: ReachedWaist, to: ReachedWaist, { y, x }: Footprints): Stage {
  const input = sizesOf(network, from.tensor);
  const output = sizesOf(network, to.tensor);
  return {
    from: from.tensor,
    to: to.tensor,
    crops: {
      y: cropAxis(y, to.changed.y, { input: input[0], output: output[0] }),
      x: cropAxis(x, to.changed.x, { input: input[1], output: output[1] }),
    },
  };
}

/** `whole` is what the stage would take on everything. */
function stageCost(network: Network, { from, crops }: Stage, whole: number): number {
  const [height, width] = sizesOf(network, from);
  const share = (crops.y.length * crops.x.length) / (height * width);
  return share * (whole + COPY_COST * elementsOf(network, from));
}

function sizesOf({ resolved }: Network, tensor: string): readonly [height: number, width: number] {
  const { height, width } = resolved.grids.get(tensor)!;
  return [height, width];
}

function elementsOf({ resolved }: Network, tensor: string): number {
  return sizeOf(resolved.shapes.get(tensor)!);
}
