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
  /** The filters it is about, where it is about some of them. */
  readonly filters: readonly number[];
  readonly fix: Fix | null;
}

/** `3 of 96 filters (4, 17, 60)`, the first ones where there are many. */
export function countOf(filters: readonly number[], total: number): string {
  const named = filters.slice(0, 6).join(', ');
  const noun = total === 1 ? 'filter' : 'filters';
  return `${filters.length} of ${total} ${noun} (${named}${filters.length > 6 ? ', …' : ''})`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
