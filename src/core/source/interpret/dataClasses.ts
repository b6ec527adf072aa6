import { isKind, memberOf, unknown, type Arguments, type ClassValue, type ObjectValue } from './values';

/** Whether Python writes the constructor itself: data classes, named tuples, and modules of Flax. */
export function isDataClass(type: ClassValue): boolean {
  if (type.definition.decorators.includes('dataclass')) return true;
  return type.bases.some((base) =>
    isKind(base, 'class')
      ? isDataClass(base)
      : isKind(base, 'symbol') && /(^flax\.|NamedTuple$)/.test(base.name),
  );
}

/** What that constructor does. */
export function setFields(type: ClassValue, object: ObjectValue, { positional, named }: Arguments): void {
  type.fields.forEach((field, i) => {
    const value = named.get(field) ?? positional[i] ?? memberOf(type, field);
    object.attributes.set(field, value ?? unknown);
  });
}
