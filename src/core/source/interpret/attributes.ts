import type { ArgumentName } from '../definition';
import { isScalar } from './arithmetic';
import { onArrays } from './arrays';
import type { Machine } from './machine';
import { nativeMethods } from './nativeMethods';
import { tensorAttribute } from './tensors';
import {
  isKind,
  listOf,
  memberOf,
  noArguments,
  unknown,
  type ClassValue,
  type MethodValue,
  type ObjectValue,
  type Value,
} from './values';

/** Dotted names of libraries are shorter. */
const longestName = 200;

/** `object.name`. */
export function attribute(machine: Machine, object: Value, name: string): Value {
  // Only members of enumerations have a value among numbers and texts.
  if (name === 'value' && machine.language === 'python' && (isScalar(object) || isKind(object, 'list')))
    return object;
  if (typeof object === 'string') return nativeMethod(object, name);
  if (typeof object !== 'object' || object === null) return unknown;
  switch (object.kind) {
    case 'symbol':
      return object.name.length < longestName ? { kind: 'symbol', name: `${object.name}.${name}` } : unknown;
    case 'object': {
      // `None` is a value as others are.
      const own = object.attributes.get(name);
      return own === undefined ? memberFor(machine, object, name) : own;
    }
    case 'class':
      return classMember(object, name);
    case 'super': {
      for (const base of object.owner.bases) {
        const member = isKind(base, 'class') ? memberOf(base, name) : undefined;
        if (member !== undefined) return bound(member, object.object);
      }
      return nativeMethod(object, name);
    }
    case 'dictionary':
      // Objects of JavaScript are read so; methods of Python's dictionaries have other names.
      return object.entries.get(name) ?? nativeMethod(object, name);
    case 'tensor':
      return tensorAttribute(object, name) ?? nativeMethod(object, name);
    case 'list':
      if (name === 'length') return object.items.length;
      return Object.hasOwn(onArrays, name) ? native(object, name) : nativeMethod(object, name);
    default:
      return unknown;
  }
}

function memberFor(machine: Machine, object: ObjectValue, name: string): Value {
  const member = isKind(object.type, 'class') ? memberOf(object.type, name) : undefined;
  if (member === undefined) return argumentOf(object, name) ?? nativeMethod(object, name);
  const method = bound(member, object);
  const property = isKind(member, 'function') && member.definition.decorators.includes('property');
  return property ? machine.call(method, noArguments, null) : method;
}

/** Modules of PyTorch hold what they were made with: `conv.stride`, `fc.in_features`. */
function argumentOf({ layer }: ObjectValue, name: string): Value | undefined {
  if (layer?.spec.library !== 'torch') return undefined;
  const { meaning } = layer.spec;
  const argument = (Object.keys(meaning) as ArgumentName[]).find((each) => meaning[each] === name);
  const value = argument && layer.arguments[argument];
  return typeof value === 'object' ? listOf(value) : value;
}

function classMember(type: ClassValue, name: string): Value {
  const member = memberOf(type, name);
  if (member === undefined) return unknown;
  const ofClass = isKind(member, 'function') && member.definition.decorators.includes('classmethod');
  return ofClass ? bound(member, type) : member;
}

function bound(member: Value, self: Value): Value {
  if (!isKind(member, 'function')) return member;
  const { decorators } = member.definition;
  const receiver = decorators.includes('classmethod') && isKind(self, 'object') ? self.type : self;
  return { kind: 'method', self: typeof receiver === 'string' ? self : receiver, callee: member };
}

function nativeMethod(self: Value, name: string): MethodValue | typeof unknown {
  return nativeMethods.has(name) ? native(self, name) : unknown;
}

function native(self: Value, name: string): MethodValue {
  return { kind: 'method', self, callee: { kind: 'native', name } };
}
