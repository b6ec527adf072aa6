import type { Faithfulness } from '../../protocol/model';

/** Sizes as they are written: `96 × 110 × 110`. */
export function dimensions(shape: readonly number[]): string {
  return shape.join(' × ');
}

/** Height and width where they differ, else the one number. */
export function kernel([height, width]: readonly [number, number]): string {
  return height === width ? String(height) : dimensions([height, width]);
}

/** The codicon of a layer: full where its projections are exact. */
export function faithfulnessIcon(status: Faithfulness['status']): string {
  return { exact: 'circle-filled', approximate: 'circle-outline', refused: 'circle-slash' }[status];
}
