import type { Stop } from './route';
import { clip, union, type Box } from '../graph/box';
import type { Network } from '../network';
import type { Grid } from '../ops/grid';
import type { Region } from '../ops/operator';
import { operatorOf } from '../ops/operators';
import type { Placement } from './signal';

/** What one unit depends on, by tensor: interval arithmetic down a route, branches united. */
export function regionsBelow(
  network: Network,
  route: readonly Stop[],
  tensor: string,
  position: readonly [y: number, x: number],
): ReadonlyMap<string, Region> {
  const grid = network.resolved.grids.get(tensor)!;
  const start: Region =
    grid.axes === 0 ? 'all' : { top: position[0], left: position[1], height: 1, width: 1 };
  const regions = new Map<string, Region>([[tensor, start]]);
  for (const { node, site, inputs, refusal } of route) {
    const region = node.outputs.map((output) => regions.get(output)).reduce(join, undefined);
    if (region === undefined) continue;
    for (const input of inputs) {
      const name = node.inputs[input]!;
      const reached = refusal === undefined ? (operatorOf(node)?.reach(site, input, region) ?? 'all') : 'all';
      regions.set(name, join(regions.get(name), reached)!);
    }
  }
  return regions;
}

function join(a: Region | undefined, b: Region | undefined): Region | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a === 'all' || b === 'all' ? 'all' : union(a, b);
}

/** A region as a box; everything is the whole of `height` x `width`. */
export function boxOf(region: Region, { height, width }: Pick<Grid, 'height' | 'width'>): Box {
  return region === 'all' ? { top: 0, left: 0, height, width } : region;
}

/** One window for every unit of a batch: as large as the largest clipped region, inside the tensor. */
export function place(regions: readonly Region[], grid: Grid): Placement {
  const boxes = regions.map((region) => clip(boxOf(region, grid), grid.height, grid.width));
  const height = Math.max(...boxes.map((box) => box.height));
  const width = Math.max(...boxes.map((box) => box.width));
  return {
    grid,
    units: regions.length,
    height,
    width,
    tops: Int32Array.from(boxes, (box) => Math.max(0, Math.min(box.top, grid.height - height))),
    lefts: Int32Array.from(boxes, (box) => Math.max(0, Math.min(box.left, grid.width - width))),
  };
}
