import type { CallExpression } from '../program';
import { grown, onArrays } from './arrays';
import { onParsers } from './commandLine';
import { isDataClass, setFields } from './dataClasses';
import { initializeFromLibrary } from './libraryCalls';
import { limits, type Machine } from './machine';
import { onTensors } from './tensors';
import {
  elementsOf,
  isContainer,
  isKind,
  libraryBases,
  listOf,
  unknown,
  weightOf,
  type Arguments,
  type DictionaryValue,
  type ListValue,
  type ObjectValue,
  type Value,
} from './values';

type NativeMethod<Self> = (
  self: Self,
  given: Arguments,
  machine: Machine,
  site: CallExpression | null,
) => Value;

const onLists: Readonly<Record<string, NativeMethod<ListValue>>> = {
  append: ({ items }, { positional }) => grown(items, positional.slice(0, 1)),
  extend: ({ items }, { positional }) => grown(items, elementsOf(positional[0] ?? unknown) ?? []),
  insert: ({ items }, { positional: [at, value] }) => {
    if (typeof at === 'number' && value !== undefined && items.length < limits.size)
      items.splice(at, 0, value);
    return null;
  },
  pop: ({ items }, { positional: [at] }) =>
    (typeof at === 'number' ? items.splice(at, 1)[0] : items.pop()) ?? unknown,
  copy: ({ items }) => listOf(items),
  index: ({ items }, { positional: [value] }) => items.indexOf(value ?? unknown),
};

const onDictionaries: Readonly<Record<string, NativeMethod<DictionaryValue>>> = {
  get: ({ entries }, { positional: [key, fallback = null] }) =>
    (isKey(key) ? entries.get(key) : undefined) ?? fallback,
  pop: ({ entries }, { positional: [key, fallback = unknown] }) => {
    const value = isKey(key) ? entries.get(key) : undefined;
    if (isKey(key)) entries.delete(key);
    return value ?? fallback;
  },
  setdefault: ({ entries }, { positional: [key, fallback = null] }) => {
    if (isKey(key) && !entries.has(key)) entries.set(key, fallback);
    return (isKey(key) ? entries.get(key) : undefined) ?? unknown;
  },
  update: ({ entries }, given) => {
    for (const [key, value] of entriesOf(given)) entries.set(key, value);
    return null;
  },
  items: ({ entries }) => listOf([...entries].map((entry) => listOf(entry))),
  keys: ({ entries }) => listOf(entries.keys()),
  values: ({ entries }) => listOf(entries.values()),
  copy: ({ entries }) => ({ kind: 'dictionary', entries: new Map(entries) }),
  ...onParsers,
};

const onTexts: Readonly<Record<string, NativeMethod<string>>> = {
  format: (text, { positional, named }) => {
    let next = 0;
    let complete = true;
    const result = text.replace(/\{(\w*)\}/g, (_field, name: string) => {
      const value = name === '' ? positional[next++] : (named.get(name) ?? positional[Number(name)]);
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      complete = false;
      return '';
    });
    return complete && result.length <= limits.size ? result : unknown;
  },
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  startswith: (text, { positional: [start] }) =>
    typeof start === 'string' ? text.startsWith(start) : unknown,
  split: (text, { positional: [separator] }) =>
    typeof separator === 'string' && separator !== '' ? listOf(text.split(separator)) : unknown,
};

const returnsItself: NativeMethod<ObjectValue> = (self) => self;

const onObjects: Readonly<Record<string, NativeMethod<ObjectValue>>> = {
  add_module: setChild,
  register_module: setChild,
  register_parameter: setChild,
  register_buffer: setChild,
  append: addChild,
  // `model.add(layer)` of Keras and TensorFlow.js.
  add: addChild,
  extend: (self, { positional: [children] }) => {
    for (const child of elementsOf(children ?? unknown) ?? []) setNext(self, child);
    return null;
  },
  update: (self, given) => {
    for (const [key, value] of entriesOf(given)) self.attributes.set(String(key), value);
    return null;
  },
  items: (self) => listOf([...self.attributes].map((entry) => listOf(entry))),
  named_children: (self) => listOf([...self.attributes].map((entry) => listOf(entry))),
  keys: (self) => listOf(self.attributes.keys()),
  values: (self) => listOf(self.attributes.values()),
  children: (self) => listOf(self.attributes.values()),
  ...Object.fromEntries(
    ['to', 'cuda', 'cpu', 'eval', 'train', 'half', 'float', 'double', 'apply', 'requires_grad_', 'type'].map(
      (name) => [name, returnsItself],
    ),
  ),
};

/** All names that have a meaning on some value of the interpreter's own. */
export const nativeMethods: ReadonlySet<string> = new Set([
  '__init__',
  'save_hyperparameters',
  ...[onLists, onDictionaries, onTexts, onObjects, onTensors].flatMap((methods) => Object.keys(methods)),
]);

export function callNative(
  machine: Machine,
  self: Value,
  name: string,
  given: Arguments,
  site: CallExpression | null,
): Value {
  const run = <Self>(methods: Readonly<Record<string, NativeMethod<Self>>>, on: Self) =>
    Object.hasOwn(methods, name) ? methods[name]!(on, given, machine, site) : unknown;
  if (isKind(self, 'list')) {
    if (!Object.hasOwn(onArrays, name)) return run(onLists, self);
    machine.step(weightOf(self));
    return run(onArrays, self);
  }
  if (isKind(self, 'dictionary')) return run(onDictionaries, self);
  if (typeof self === 'string') return run(onTexts, self);
  if (isKind(self, 'object')) return run(onObjects, self);
  if (isKind(self, 'tensor')) return run(onTensors, self);
  if (isKind(self, 'super')) {
    const { object, owner } = self;
    if (name !== '__init__') return run(onObjects, object);
    const base = owner.bases.find((each) => isKind(each, 'class'));
    if (base && isDataClass(base)) {
      setFields(base, object, given);
      return null;
    }
    const [library] = libraryBases(owner);
    if (library !== undefined && site) initializeFromLibrary(machine, object, library, given, site);
  }
  return unknown;
}

function isKey(value: Value | undefined): value is number | string {
  return typeof value === 'number' || typeof value === 'string';
}

/** What `update` is given: a dictionary, pairs, or names. */
function entriesOf({ positional: [given], named }: Arguments): (readonly [number | string, Value])[] {
  if (isKind(given, 'dictionary')) return [...given.entries];
  const pairs = isKind(given, 'list') ? given.items : [];
  const listed = pairs.flatMap((pair): [number | string, Value][] => {
    const [key, value] = isKind(pair, 'list') ? pair.items : [];
    return isKey(key) && value !== undefined ? [[key, value]] : [];
  });
  return [...listed, ...named];
}

function setChild(self: ObjectValue, { positional, named }: Arguments): Value {
  const name = positional[0] ?? named.get('name');
  const child = positional[1] ?? named.get('module') ?? named.get('param') ?? named.get('tensor');
  if (typeof name === 'string' && child !== undefined) self.attributes.set(name, child);
  return null;
}

function addChild(self: ObjectValue, { positional: [child] }: Arguments): Value {
  if (child !== undefined) setNext(self, child);
  return self;
}

function setNext(self: ObjectValue, child: Value): void {
  if (isContainer(self) && self.attributes.size < limits.size) {
    self.attributes.set(String(self.attributes.size), child);
  }
}
