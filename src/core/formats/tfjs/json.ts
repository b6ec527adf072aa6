import { badModelDescription } from './refusals';

/** An object of a file that nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is an object with fields. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that must be an object; `what` names it in the message. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw badModelDescription(`${what} is no object`);
  return value;
}

/** A field that must be a list. */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw badModelDescription(`${what} is no list`);
  return value as readonly unknown[];
}

/** A list, or the one value alone. */
export function oneOrMore(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** A field that must be a name. */
export function nameOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw badModelDescription(`${what} is no name`);
  return value;
}

/** A number, `fallback` where the file leaves it out. */
export function numberOf(value: unknown, fallback: number, what: string): number {
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw badModelDescription(`${what} is no number`);
  return value;
}

/** A list of whole numbers; a single one counts as a list of one. */
export function wholeNumbersOf(value: unknown, what: string): readonly number[] {
  const list = oneOrMore(value);
  if (!list.every((entry) => Number.isSafeInteger(entry))) {
    throw badModelDescription(`${what} is no list of whole numbers`);
  }
  return list as readonly number[];
}

/** Two whole numbers for rows and columns; a single one stands for both. `fallback` where the file leaves them out. */
export function pairOf(
  value: unknown,
  fallback: readonly [number, number],
  what: string,
): readonly [y: number, x: number] {
  if (value === undefined || value === null) return fallback;
  const [y, x = y] = wholeNumbersOf(value, what);
  if (y === undefined || x === undefined) throw badModelDescription(`${what} is an empty list`);
  return [y, x];
}

/** An axis counted from the first one. */
export function normalizedAxis(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(counted) || counted < 0 || counted >= rank) {
    throw badModelDescription(`axis ${axis} is not one of ${rank}`);
  }
  return counted;
}
