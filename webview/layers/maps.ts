import type { LayerRecording } from '../../src/protocol/model';
import type { LayerView } from './state/panelState';

const rankings = new WeakMap<LayerRecording, readonly number[]>();

/** The layer's maps, strongest maximum first; ties in the order of the maps, maps that hold NaN last. */
export function rankMaps(recording: LayerRecording): readonly number[] {
  let ranking = rankings.get(recording);
  if (!ranking) {
    const { maxima } = recording;
    const strength = (map: number) => {
      const value = maxima[map] ?? NaN;
      return Number.isNaN(value) ? -Infinity : value;
    };
    ranking = Array.from(maxima, (_, map) => map).sort((a, b) => compare(strength(b), strength(a)) || a - b);
    rankings.set(recording, ranking);
  }
  return ranking;
}

/** `-Infinity - -Infinity` is NaN, so a plain difference does not do. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The maps a layer shows: the strongest ones, then those asked for by number. */
export function shownMaps(recording: LayerRecording, { shown, extra }: LayerView): number[] {
  const strongest = rankMaps(recording).slice(0, shown);
  const count = recording.maxima.length;
  return [...strongest, ...extra.filter((map) => map < count && !strongest.includes(map))];
}

/** Whether the map has a positive activation anywhere; only then there is something to project. */
export function isActive({ maxima }: LayerRecording, map: number): boolean {
  return (maxima[map] ?? 0) > 0;
}

/** `[y, x]` of the map's maximum. `shape` is the layer's, `[C, H, W]` or `[C]`. */
export function maximumOf(
  { positions }: LayerRecording,
  shape: readonly number[],
  map: number,
): readonly [y: number, x: number] {
  const width = shape[2] ?? 1;
  const position = positions[map] ?? 0;
  return [Math.floor(position / width), position % width];
}

/**
 * The map that "same switches, another unit" takes: pseudo-random, but the same for the same layer, map and draw,
 * and never the map itself. `null` where the layer has no other.
 */
export function otherMap(layer: string, map: number, count: number, draw: number): number | null {
  if (count < 2) return null;
  let hash = 2166136261;
  for (const character of `${layer}/${map}/${draw}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619);
  }
  // FNV-1a leaves neighbouring draws alike in the low bits; one round of xorshift-multiply spreads them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const other = ((hash ^ (hash >>> 12)) >>> 0) % (count - 1);
  return other >= map ? other + 1 : other;
}
