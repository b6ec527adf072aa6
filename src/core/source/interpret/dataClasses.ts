import { isKind, memberOf, unknown, type Arguments, type ClassValue, type ObjectValue } from './values';

/** Python's own and those of attrs. */
const decorators = ['dataclass', 'define', 'frozen', 'mutable', 'attrs'];

/** Whether Python writes the constructor itself: data classes, named tuples, and modules of Flax. */
export function isDataClass(type: ClassValue): boolean {
  if (type.definition.decorators.some((name) => decorators.includes(name))) return true;
  return type.bases.some((base) =>
    isKind(base, 'class')
      ? isDataClass(base)
      : isKind(base, 'symbol') && /(^flax\.|(NamedTuple|BaseModel|BaseSettings)$)/.test(base.name),
  );
}

/** Whether a class holds values and is nothing of a library's: what it is made of without arguments tells its defaults. */
export function isSettings(type: ClassValue): boolean {
  return type.bases.every((base) =>
    isKind(base, 'class')
      ? isSettings(base)
      : isKind(base, 'symbol') && /(^|\.)(object|NamedTuple|BaseModel|BaseSettings)$/.test(base.name),
  );
}

/** What that constructor does. */
export function setFields(type: ClassValue, object: ObjectValue, { positional, named }: Arguments): void {
  type.fields.forEach((field, i) => {
    const value = named.get(field) ?? positional[i] ?? memberOf(type, field);
    object.attributes.set(field, value ?? unknown);
  });
}
