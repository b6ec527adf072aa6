import type { ArgumentName } from '../source/definition';

export const findingCodes = [
  'dead-filters',
  'inactive-maps',
  'dominating-filter',
  'duplicate-filters',
  'missing-mid-frequencies',
  'aliasing-stride',
  'softmax-in-graph',
  'code-mismatch',
] as const;

/** What is wrong, or worth knowing, with the architecture or the weights of a model. */
export type FindingCode = (typeof findingCodes)[number];

export function isFindingCode(value: unknown): value is FindingCode {
  return findingCodes.some((code) => code === value);
}

/** A number to write in the code instead of the one that is there. */
export interface Fix {
  readonly argument: ArgumentName;
  /** As in the traits of a layer: `[7, 7]`. */
  readonly value: readonly number[];
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'warning' | 'information';
  /** The label of the layer it is about. */
  readonly layer: string;
  /** One sentence with the numbers. */
  readonly message: string;
  /** Why it matters, one or two sentences. */
  readonly why: string;
  /** The filters, maps or units it is about, where it is about some of them. */
  readonly filters: readonly number[];
  readonly fix: Fix | null;
}

/**
 * What a finding counts: the filters of a convolution, the maps that they make, and of a fully connected layer, whose weights and
 * outputs have no places, units for both.
 */
export type Counted = 'filter' | 'map' | 'unit';

/** `3 of 96 filters (4, 17, 60)`, the first ones where there are many. */
export function countOf(indices: readonly number[], total: number, counted: Counted): string {
  const named = indices.slice(0, 6).join(', ');
  const noun = total === 1 ? counted : `${counted}s`;
  return `${indices.length} of ${total} ${noun} (${named}${indices.length > 6 ? ', …' : ''})`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
