import { usualRanges, valuesOf, type Range } from '../../src/core/experiments/invariance';
import type { DistanceScale } from '../../src/core/experiments/invarianceResult';
import type { TransformationKind } from '../../src/protocol/invariance';

export const kinds: readonly TransformationKind[] = ['vertical', 'horizontal', 'scale', 'rotation'];

/** What the user chose; what is `null` the engine decides. */
export interface InvarianceSettings {
  readonly kind: TransformationKind;
  readonly ranges: Readonly<Record<TransformationKind, Range>>;
  readonly layers: readonly string[] | null;
  readonly scale: DistanceScale;
  /** The class to follow, by the image's path; the image's most probable one where it has none. */
  readonly labels: Readonly<Record<string, number>>;
}

export const defaultSettings: InvarianceSettings = {
  kind: 'vertical',
  ranges: usualRanges,
  layers: null,
  scale: 'euclidean',
  labels: {},
};

/** How far the end of a range can be moved. */
export const reaches: Readonly<Record<TransformationKind, { min: number; max: number; step: number }>> = {
  vertical: { min: 5, max: 120, step: 5 },
  horizontal: { min: 5, max: 120, step: 5 },
  scale: { min: 1.1, max: 4, step: 0.1 },
  rotation: { min: 10, max: 360, step: 10 },
};

/** A range that ends at `to`: translations reach as far to the other side. */
export function rangeTo(kind: TransformationKind, to: number, steps: number): Range {
  const from = kind === 'scale' ? 1 : kind === 'rotation' ? 0 : -to;
  return { from, to, steps };
}

export function settingValues({ kind, ranges }: InvarianceSettings): number[] {
  return valuesOf(ranges[kind]);
}

/** Settings that an earlier view kept, `null` where they cannot be used. */
export function restoredSettings(value: unknown): InvarianceSettings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, ranges, layers, scale, labels } = value as Partial<InvarianceSettings>;
  const known = kinds.find((name) => name === kind);
  if (!known || !ranges || !kinds.every((name) => isRange(ranges[name]))) return null;
  if (layers !== null && !(Array.isArray(layers) && layers.every((layer) => typeof layer === 'string'))) return null; // prettier-ignore
  if (scale !== 'euclidean' && scale !== 'relative') return null;
  if (typeof labels !== 'object' || !Object.values(labels).every((label) => Number.isInteger(label))) return null; // prettier-ignore
  return { kind: known, ranges, layers: layers as readonly string[] | null, scale, labels };
}

function isRange(range: Range | undefined): boolean {
  return !!range && [range.from, range.to].every(Number.isFinite) && Number.isInteger(range.steps) && range.steps >= 2; // prettier-ignore
}
