import type { PNG } from 'pngjs';

/** Standard deviation of the red, green and blue values: 0 for a blank picture. */
export function contrast({ data }: PNG): number {
  const values = [...data].filter((_, i) => i % 4 < 3);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The largest difference of two pictures in any channel; infinite where their sizes differ. */
export function largestDifference(a: PNG, b: PNG): number {
  if (a.width !== b.width || a.height !== b.height) return Infinity;
  return a.data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b.data[i] ?? 0))), 0);
}
