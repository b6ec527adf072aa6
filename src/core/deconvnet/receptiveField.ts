import type { MethodName } from './methods';
import { boxOf, regionsBelow } from './reach';
import { routeTo } from './route';
import type { Box } from '../graph/box';
import type { Network } from '../network';

/** Which pixels a unit depends on, as far as the signal of a projection travels: gates do not count. */
export interface ReceptiveField {
  /** Height and width in pixels, parts outside the image included. */
  readonly size: readonly [height: number, width: number];
  /** Pixels between the fields of neighbouring units; 0 where every unit sees everything. */
  readonly stride: readonly [y: number, x: number];
  /** The field of one unit; it may lie partly outside the image. */
  box(y: number, x: number): Box;
}

/**
 * The receptive field of a tensor's units, by interval arithmetic over the graph: branches take the union, asymmetric padding and
 * ceil mode count, global operators see the whole image.
 */
export function receptiveField(
  network: Network,
  tensor: string,
  method: MethodName = 'deconvnet',
): ReceptiveField {
  const route = routeTo(network, tensor, method);
  const [, , height, width] = network.input.dims;
  const box = (y: number, x: number): Box => {
    const region = regionsBelow(network, route, tensor, [y, x]).get(network.input.name);
    return boxOf(region ?? 'all', { height, width });
  };
  // In the middle, where nothing is cut off and no end of the picture mirrored.
  const grid = network.resolved.grids.get(tensor)!;
  const middle = [grid.height, grid.width].map((size) => Math.floor((size - 1) / 2)) as [number, number];
  const first = box(...middle);
  const next = box(middle[0] + 1, middle[1] + 1);
  return { size: [first.height, first.width], stride: [next.top - first.top, next.left - first.left], box };
}
