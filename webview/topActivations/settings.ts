import { sampleMaps } from '../../src/core/experiments/evolution/sampleMaps';

/** Which maps of a layer are shown: some drawn at random as in figure 2 of the paper, all, or one by itself. */
export type Shown = 'subset' | 'all' | 'one';

export interface TopSettings {
  /** The layer's label; `null` for the first one. */
  readonly layer: string | null;
  readonly shown: Shown;
  readonly seed: number;
  /** The one map. */
  readonly map: number;
}

export const defaultSettings: TopSettings = { layer: null, shown: 'subset', seed: 1, map: 0 };

/** Maps that are drawn at random, about as many as the paper shows of a layer. */
export const SUBSET = 12;

/** The maps to show of a layer with so many, in order. */
export function mapsToShow({ shown, seed, map }: TopSettings, maps: number): readonly number[] {
  switch (shown) {
    case 'subset':
      return sampleMaps(maps, SUBSET, seed);
    case 'all':
      return Array.from({ length: maps }, (_, index) => index);
    case 'one':
      return [Math.min(map, maps - 1)];
  }
}

/** A map as it is typed; `null` where the layer has no such map. */
export function parseMap(text: string, maps: number): number | null {
  return /^\d{1,6}$/.test(text.trim()) && Number(text) < maps ? Number(text) : null;
}

/** Settings that an earlier view kept; the usual ones where they cannot be used. */
export function restoredSettings(value: unknown): TopSettings {
  if (typeof value !== 'object' || value === null) return defaultSettings;
  const { layer, shown, seed, map } = value as Partial<TopSettings>;
  const isShown = shown === 'subset' || shown === 'all' || shown === 'one';
  const isUsable = (layer === null || typeof layer === 'string') && isShown && isCount(seed) && isCount(map);
  return isUsable ? { layer, shown, seed, map } : defaultSettings;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
