import { isKind, unknown, type ClassValue, type SymbolValue, type Value } from './values';

/** What `enum.auto()` gives until its class is made. */
export const numberedLater: SymbolValue = { kind: 'symbol', name: 'enum.auto' };

/** Gives the members of an enumeration their numbers that left them to it: one more than the number before. */
export function numberMembers({ fields, members }: ClassValue): void {
  let number: Value = 0;
  for (const field of fields) {
    const value: Value = members.get(field) ?? unknown;
    if (isKind(value, 'symbol') && value.name === numberedLater.name) {
      number = typeof number === 'number' ? number + 1 : unknown;
      members.set(field, number);
    } else if (typeof value === 'number') number = value;
  }
}
