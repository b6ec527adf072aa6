import { numberedLater } from './enumerations';
import { limits, newObject, type Machine } from './machine';
import { roundToEven } from './numbers';
import {
  elementsOf,
  isKind,
  lastSegment,
  listOf,
  noArguments,
  truthOf,
  unknown,
  type Arguments,
  type ObjectValue,
  type Value,
} from './values';

type Builtin = (given: Arguments, machine: Machine) => Value;

const onNumber =
  (compute: (value: number) => number): Builtin =>
  ({ positional: [value] }) =>
    typeof value === 'number' ? compute(value) : unknown;

const copyOf: Builtin = ({ positional: [value] }, machine) => {
  if (isKind(value, 'list')) return listOf(value.items);
  if (isKind(value, 'object')) return copyObject(machine, value, (child) => child);
  return value ?? unknown;
};

const deepCopyOf: Builtin = (given, machine) => {
  const [value] = given.positional;
  if (!isKind(value, 'object')) return copyOf(given, machine);
  const copies = new Map<Value, Value>();
  const copy = (child: Value): Value => {
    if (!isKind(child, 'object')) return child;
    const known = copies.get(child);
    if (known !== undefined) return known;
    copies.set(child, child);
    const copied = copyObject(machine, child, copy);
    copies.set(child, copied);
    return copied;
  };
  return copy(value);
};

function copyObject(machine: Machine, object: ObjectValue, each: (child: Value) => Value): ObjectValue {
  machine.step(1 + object.attributes.size);
  const copy = newObject(machine, object.type);
  copy.layer = object.layer;
  for (const [name, child] of object.attributes) copy.attributes.set(name, each(child));
  return copy;
}

const asList: Builtin = ({ positional: [value] }) => {
  if (value === undefined) return listOf([]);
  const elements = elementsOf(value);
  return elements === undefined ? unknown : listOf(elements);
};

const asDictionary: Builtin = ({ positional: [value], named }) => {
  const entries = new Map<number | string, Value>();
  if (isKind(value, 'dictionary')) value.entries.forEach((entry, key) => entries.set(key, entry));
  for (const pair of isKind(value, 'list') ? value.items : []) {
    const [key, entry] = isKind(pair, 'list') ? pair.items : [];
    if ((typeof key === 'string' || typeof key === 'number') && entry !== undefined) entries.set(key, entry);
  }
  named.forEach((entry, key) => entries.set(key, entry));
  return { kind: 'dictionary', entries };
};

/** What an object holds, as a dictionary. */
function membersOf(value: Value | undefined): Value {
  if (isKind(value, 'dictionary')) return value;
  return isKind(value, 'object') ? { kind: 'dictionary', entries: new Map(value.attributes) } : unknown;
}

/** Functions of Python and of its library that models are made with; by the last segment of their name. */
const builtins: Readonly<Record<string, Builtin>> = {
  range: ({ positional }) => range(positional),
  len: ({ positional: [value] }) => elementsOf(value ?? unknown)?.length ?? unknown,
  zip: ({ positional }) => zip(positional),
  enumerate: ({ positional: [value], named }) => {
    const start = named.get('start') ?? 0;
    const first = typeof start === 'number' ? start : 0;
    return mapped(value, (item, i) => listOf([first + i, item]));
  },
  reversed: ({ positional: [value] }) => {
    const elements = elementsOf(value ?? unknown);
    return elements ? listOf([...elements].reverse()) : unknown;
  },
  sum: ({ positional: [value] }) => folded(value, (a, b) => a + b, 0),
  max: ({ positional }) => folded(severalOf(positional), Math.max),
  min: ({ positional }) => folded(severalOf(positional), Math.min),
  int: onNumber(Math.trunc),
  float: onNumber((value) => value),
  round: ({ positional: [value, digits = 0] }) =>
    typeof value === 'number' && digits === 0 ? roundToEven(value) : (value ?? unknown),
  log: ({ positional: [value, base] }) => logarithm(value, base),
  set: ({ positional: [value] }) => unique(value),
  sorted: ({ positional: [value], named }) => sorted(value, named),
  abs: onNumber(Math.abs),
  ceil: onNumber(Math.ceil),
  floor: onNumber(Math.floor),
  sqrt: onNumber(Math.sqrt),
  str: ({ positional: [value] }) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : unknown,
  bool: ({ positional: [value] }) => (value === undefined ? unknown : (truthOf(value) ?? unknown)),
  list: asList,
  tuple: asList,
  dict: asDictionary,
  OrderedDict: asDictionary,
  copy: copyOf,
  deepcopy: deepCopyOf,
  vars: ({ positional: [value] }) => membersOf(value),
  asdict: ({ positional: [value] }) => membersOf(value),
  auto: () => numberedLater,
  ArgumentParser: () => ({ kind: 'dictionary', entries: new Map() }),
  // What a data class has where it is not told otherwise.
  field: ({ named }, machine) => {
    const factory = named.get('default_factory');
    return factory === undefined
      ? (named.get('default') ?? unknown)
      : machine.call(factory, noArguments, null);
  },
  chain: ({ positional }) => joined(listOf(positional)),
  from_iterable: ({ positional: [value] }) => joined(value),
  pairwise: ({ positional: [value] }) => {
    const elements = elementsOf(value ?? unknown);
    return elements ? zip([listOf(elements.slice(0, -1)), listOf(elements.slice(1))]) : unknown;
  },
  cast: ({ positional: [, value] }) => value ?? unknown,
  partial: ({ positional: [callee = unknown, ...positional], named, open }) => ({
    kind: 'partial',
    callee,
    bound: { positional, named, open },
  }),
  setattr: ({ positional: [object, name, value] }) => {
    if (isKind(object, 'object') && typeof name === 'string' && value !== undefined) {
      object.attributes.set(name, value);
    }
    return null;
  },
  getattr: ({ positional: [object, name] }, machine) =>
    object !== undefined && typeof name === 'string' ? machine.attribute(object, name) : unknown,
  isinstance: ({ positional: [value, type] }) => isInstance(value, type),
  type: ({ positional: [value] }) =>
    isKind(value, 'object') && isKind(value.type, 'class') ? value.type : unknown,
  // How torchvision's functions for one variant of a network set its numbers, in its own spelling; what only
  // pretrained weights tell is left as it is.
  _ovewrite_named_param: ({ positional: [settings, name, value] }) => {
    if (
      isKind(settings, 'dictionary') &&
      typeof name === 'string' &&
      value !== undefined &&
      !isKind(value, 'unknown')
    )
      settings.entries.set(name, value);
    return null;
  },
  // Channels as multiples of 8, without losing more than a tenth: a helper that mobile networks share.
  _make_divisible: ({ positional: [value, divisor = 8, minimum = null] }) =>
    typeof value === 'number' && typeof divisor === 'number'
      ? makeDivisible(value, divisor, typeof minimum === 'number' ? minimum : divisor)
      : unknown,
};

/** Dictionaries of several libraries whose members are read like those of an object. */
const namespaces =
  /(^|\.)(SimpleNamespace|Namespace|EasyDict|AttrDict|DotDict|Munch|Box|ConfigDict|CfgNode|OmegaConf\.create)$/;
/** What fields of data classes are told by: attrs and pydantic have other words. */
const fields = /(^|\.)(attrib|attr\.ib|attrs\.field|Field)$/;

/** `undefined` where the name is none of them. */
export function callBuiltin(machine: Machine, name: string, given: Arguments): Value | undefined {
  if (machine.language !== 'python') return undefined;
  if (namespaces.test(name)) return asDictionary(given, machine);
  if (fields.test(name)) return given.positional[0] ?? builtins.field!(given, machine);
  const last = lastSegment(name);
  const known =
    /^([\w]+|math\.\w+|copy\.\w+|functools\.\w+|collections\.\w+|typing\.\w+|dataclasses\.\w+|itertools\.[\w.]+|enum\.\w+|argparse\.\w+|.*\.(_make_divisible|_ovewrite_named_param))$/.test(
      name,
    );
  if (!known || !Object.hasOwn(builtins, last)) return undefined;
  return builtins[last]!(given, machine);
}

function range(bounds: readonly Value[]): Value {
  const numbers = bounds.filter((bound) => typeof bound === 'number');
  if (numbers.length !== bounds.length || numbers.length === 0) return unknown;
  const [start, end, step] =
    numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  const count = step === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step));
  if (!(count <= limits.size)) return unknown;
  return listOf(Array.from({ length: count }, (_, i) => start + i * step));
}

function zip(lists: readonly Value[]): Value {
  const known = lists.map((list) => elementsOf(list));
  if (known.length === 0 || known.includes(undefined)) return unknown;
  const length = Math.min(...known.map((list) => list!.length));
  return listOf(Array.from({ length }, (_, i) => listOf(known.map((list) => list![i]!))));
}

function mapped(value: Value | undefined, map: (item: Value, index: number) => Value): Value {
  const elements = elementsOf(value ?? unknown);
  return elements === undefined ? unknown : listOf(elements.map(map));
}

/** The elements of several lists in a row. */
function joined(value: Value | undefined): Value {
  const lists = elementsOf(value ?? unknown)?.map(elementsOf);
  if (lists === undefined || lists.includes(undefined)) return unknown;
  const length = lists.reduce((sum, list) => sum + list!.length, 0);
  return length > limits.size ? unknown : listOf(lists.flatMap((list) => list!));
}

function severalOf(positional: readonly Value[]): Value | undefined {
  return positional.length === 1 ? positional[0] : listOf(positional);
}

function folded(value: Value | undefined, fold: (a: number, b: number) => number, start?: number): Value {
  const numbers = elementsOf(value ?? unknown);
  if (!numbers?.every((item) => typeof item === 'number')) return unknown;
  if (numbers.length === 0) return start ?? unknown;
  return numbers.reduce((a, b) => fold(a, b));
}

function isInstance(value: Value | undefined, type: Value | undefined): Value {
  const types = isKind(type, 'list') ? type.items : [type ?? unknown];
  const names = types.map((each) => (isKind(each, 'symbol') ? lastSegment(each.name) : ''));
  if (names.includes('') || value === undefined || isKind(value, 'unknown')) return unknown;
  if (typeof value === 'number') return names.includes('int') || names.includes('float');
  if (typeof value === 'string') return names.includes('str');
  if (isKind(value, 'list'))
    return names.some((name) => ['list', 'tuple', 'Sequence', 'Iterable'].includes(name));
  return unknown;
}

function logarithm(value: Value | undefined, base: Value = Math.E): Value {
  return typeof value === 'number' && typeof base === 'number' ? Math.log(value) / Math.log(base) : unknown;
}

/** Each element once. */
function unique(value: Value | undefined): Value {
  const elements = elementsOf(value ?? listOf([]));
  return elements === undefined ? unknown : listOf(new Set(elements));
}

function sorted(value: Value | undefined, named: Arguments['named']): Value {
  const numbers = elementsOf(value ?? unknown);
  if (named.has('key') || !numbers?.every((item) => typeof item === 'number')) return unknown;
  const order = named.get('reverse') === true ? -1 : 1;
  return listOf([...numbers].sort((a, b) => order * (a - b)));
}

function makeDivisible(value: number, divisor: number, minimum: number): number {
  const rounded = Math.max(minimum, Math.floor((value + divisor / 2) / divisor) * divisor);
  return rounded < 0.9 * value ? rounded + divisor : rounded;
}
