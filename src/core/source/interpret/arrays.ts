import { limits, type Machine } from './machine';
import { sliceOf } from './slices';
import { isKind, listOf, truthOf, unknown, type Arguments, type ListValue, type Value } from './values';

type ListMethod = (self: ListValue, given: Arguments, machine: Machine) => Value;

/** Methods of JavaScript's arrays, beside those that Python's lists have, too. */
export const onArrays: Readonly<Record<string, ListMethod>> = {
  push: ({ items }, { positional }) => grown(items, positional),
  forEach: ({ items }, { positional: [callback] }, machine) => {
    eachCalled(machine, items, callback);
    return null;
  },
  map: ({ items }, { positional: [callback] }, machine) => listOf(eachCalled(machine, items, callback)),
  flatMap: ({ items }, { positional: [callback] }, machine) => flat(eachCalled(machine, items, callback)),
  flat: ({ items }) => flat(items),
  filter: ({ items }, { positional: [callback] }, machine) => {
    const kept = eachCalled(machine, items, callback).map(truthOf);
    return kept.includes(undefined) ? unknown : listOf(items.filter((_, i) => kept[i]));
  },
  reduce: ({ items }, { positional: [callback = unknown, ...start] }, machine) => {
    const [first = unknown, ...rest] = [...start, ...items];
    return rest.reduce<Value>((result, item, i) => called(machine, callback, [result, item, i]), first);
  },
  entries: ({ items }) => listOf(items.map((item, i) => listOf([i, item]))),
  keys: ({ items }) => listOf(items.keys()),
  values: ({ items }) => listOf(items),
  slice: (self, { positional: [start = null, end = null] }) => sliceOf(self, self.items, [start, end]),
  concat: ({ items }, { positional }) =>
    flat([listOf(items), ...positional.map((value) => (isKind(value, 'list') ? value : listOf([value])))]),
  fill: (self, { positional: [value = null, ...bounds] }) => {
    if (bounds.length > 0) return unknown;
    self.items.fill(value);
    return self;
  },
  reverse: (self) => {
    self.items.reverse();
    return self;
  },
  at: ({ items }, { positional: [place] }) =>
    (typeof place === 'number' ? items.at(place) : undefined) ?? unknown,
  join: ({ items }, { positional: [separator = ','] }) =>
    typeof separator === 'string' &&
    items.every((item) => typeof item === 'string' || typeof item === 'number')
      ? items.join(separator).slice(0, limits.size)
      : unknown,
};

/** Adds to a list what there is room for: all or nothing. */
export function grown(items: Value[], further: readonly Value[]): Value {
  if (items.length + further.length <= limits.size) items.push(...further);
  return null;
}

function eachCalled(machine: Machine, items: readonly Value[], callback: Value = unknown): Value[] {
  return items.map((item, i) => called(machine, callback, [item, i]));
}

function called(machine: Machine, callback: Value, positional: readonly Value[]): Value {
  return machine.call(callback, { positional, named: new Map(), open: false }, null);
}

/** One level less of lists in lists. */
function flat(parts: readonly Value[]): Value {
  const length = parts.reduce<number>((sum, part) => sum + (isKind(part, 'list') ? part.items.length : 1), 0);
  if (length > limits.size) return unknown;
  return listOf(parts.flatMap((part) => (isKind(part, 'list') ? part.items : [part])));
}
