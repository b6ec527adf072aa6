/** What full contrast of a picture stands for: its own strongest values, or those of its map at any epoch. */
export type Contrast = 'tile' | 'map';

export interface EvolutionSettings {
  /** Labels; all layers where `null`. */
  readonly layers: readonly string[] | null;
  /** Maps that are drawn at random from each layer. */
  readonly maps: number;
  readonly seed: number;
  readonly contrast: Contrast;
}

export const defaultSettings: EvolutionSettings = { layers: null, maps: 6, seed: 0, contrast: 'tile' };

/** How many maps can be drawn from each layer. */
export const mapChoices = [3, 6, 9, 12] as const;

/** Settings that an earlier view kept; the usual ones where they cannot be used. */
export function restoredSettings(value: unknown): EvolutionSettings {
  if (typeof value !== 'object' || value === null) return defaultSettings;
  const { layers, maps, seed, contrast } = value as Partial<EvolutionSettings>;
  const isMaps = mapChoices.some((choice) => choice === maps);
  const isLayers =
    layers === null || (Array.isArray(layers) && layers.every((label) => typeof label === 'string'));
  const isSeed = typeof seed === 'number' && Number.isInteger(seed) && seed >= 0;
  if (!isLayers || !isMaps || !isSeed || (contrast !== 'tile' && contrast !== 'map')) return defaultSettings;
  return { layers, maps: maps ?? defaultSettings.maps, seed, contrast };
}
