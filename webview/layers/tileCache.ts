import type { MethodName, ProjectedUnit } from '../../src/protocol/model';

/** Results by method, layer and map, with the tiles' memory bounded. */
export interface TileCache {
  /** The result; its `tile` is `null` when the unit is inactive, or when `has` says that the tile was dropped. */
  readonly get: (method: MethodName, layer: string, map: number) => ProjectedUnit | undefined;
  /** Whether there is nothing left to request for the unit. */
  readonly has: (method: MethodName, layer: string, map: number) => boolean;
  /** The display scale of a tile, kept when the tile itself is dropped; 0 where there is none. */
  readonly quantile: (method: MethodName, layer: string, map: number) => number;
  readonly add: (method: MethodName, unit: ProjectedUnit) => void;
  readonly bytes: () => number;
  readonly isFull: () => boolean;
  readonly clear: () => void;
}

interface Entry {
  unit: ProjectedUnit;
  readonly method: MethodName;
  readonly quantile: number;
  bytes: number;
  dropped: boolean;
}

export interface TileCacheOptions {
  readonly limitBytes: number;
  /** How far a layer's tiles are from being looked at; tiles at 0 are never dropped. */
  readonly distance: (method: MethodName, layer: string) => number;
}

/** Above this share of the limit nothing should be fetched that nobody looks at. */
const FULL = 0.8;

export function createTileCache({ limitBytes, distance }: TileCacheOptions): TileCache {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const find = (method: MethodName, layer: string, map: number) => entries.get(key(method, layer, map));

  const add = (method: MethodName, unit: ProjectedUnit) => {
    const id = key(method, unit.layer, unit.map);
    bytes -= entries.get(id)?.bytes ?? 0;
    const size = unit.tile?.values.byteLength ?? 0;
    entries.set(id, { unit, method, quantile: unit.tile?.quantile ?? 0, bytes: size, dropped: false });
    bytes += size;
    if (bytes > limitBytes) trim();
  };

  /** Drops whole tiles, farthest first, to a little below the limit, so that not every new tile trims again. */
  const trim = () => {
    const far = [...entries.values()]
      .filter((entry) => entry.bytes > 0)
      .map((entry) => ({ entry, at: distance(entry.method, entry.unit.layer) }))
      .filter(({ at }) => at > 0)
      .sort((a, b) => b.at - a.at);
    for (const { entry } of far) {
      if (bytes <= limitBytes * FULL) return;
      bytes -= entry.bytes;
      entry.bytes = 0;
      entry.dropped = true;
      entry.unit = { ...entry.unit, tile: null };
    }
  };

  return {
    get: (method, layer, map) => find(method, layer, map)?.unit,
    has: (method, layer, map) => find(method, layer, map)?.dropped === false,
    quantile: (method, layer, map) => find(method, layer, map)?.quantile ?? 0,
    add,
    bytes: () => bytes,
    isFull: () => bytes > limitBytes * FULL,
    clear: () => {
      entries.clear();
      bytes = 0;
    },
  };
}

function key(method: MethodName, layer: string, map: number): string {
  return `${method}/${map}/${layer}`;
}
