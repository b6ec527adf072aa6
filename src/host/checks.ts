/** Pieces of what a view sent, rebuilt. What is not as it should be is a bug of the view, or no view of ours. */

export const mostCharacters = 4096;

/** A whole number from 0. */
export function checkedIndex(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw malformed(what);
  return value;
}

export function checkedNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw malformed(what);
  return value;
}

/** A list of at most `most` values, which are still to be checked. */
export function checkedList(value: unknown, most: number, what: string): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw malformed(what);
  return value;
}

export function checkedText(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > mostCharacters) throw malformed(what);
  return value;
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw malformed('parameters');
  return value as Record<string, unknown>;
}

export function malformed(what: string): Error {
  return new Error(`The view sent ${what} that cannot be used.`);
}
