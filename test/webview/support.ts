import type { ProjectedUnit } from '../../src/protocol/model';

/** A projected unit with a tile of so many pixels. */
export function projectedUnit(layer: string, map: number, pixels = 4): ProjectedUnit {
  const box = { top: 0, left: 0, height: 1, width: pixels };
  return {
    layer,
    index: 0,
    map,
    position: [0, 0],
    activation: 1,
    status: 'ok',
    receptiveField: box,
    visible: box,
    tile: {
      height: 1,
      width: pixels,
      channels: 1,
      values: new Int16Array(pixels),
      limit: 2,
      quantile: map + 1,
    },
  };
}

/** Lets everything that is already resolved take its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
