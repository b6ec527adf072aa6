import { isSize } from '../../src/core/formats/parts';

/** What the user chose; what is `null` the annotations decide. */
export interface CorrespondenceSettings {
  /** All parts that are marked somewhere where `null`. */
  readonly parts: readonly string[] | null;
  readonly size: number | null;
  readonly draws: number;
  readonly seed: number;
}

/** As many draws as it takes for a probability of 0.025. */
export const defaultSettings: CorrespondenceSettings = { parts: null, size: null, draws: 39, seed: 1 };

/** Settings that an earlier view kept, `null` where they cannot be used. */
export function restoredSettings(value: unknown): CorrespondenceSettings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { parts, size, draws, seed } = value as Partial<CorrespondenceSettings>;
  if (parts !== null && !(Array.isArray(parts) && parts.every((part) => typeof part === 'string'))) return null; // prettier-ignore
  if (size !== null && !isSize(size)) return null;
  if (!isCount(draws) || !isCount(seed)) return null;
  return { parts: parts as readonly string[] | null, size, draws, seed };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
