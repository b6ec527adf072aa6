import { limits, type Machine } from './machine';
import { elementsOf, isKind, listOf, unknown, type Arguments, type Value } from './values';

type Builtin = (given: Arguments, machine: Machine) => Value;

const onNumbers =
  (compute: (...values: number[]) => number): Builtin =>
  ({ positional }) =>
    positional.every((value) => typeof value === 'number') ? compute(...positional) : unknown;

const asNumber: Builtin = ({ positional: [value] }) => {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isNaN(number) ? unknown : number;
};

const mathematics = Math as unknown as Readonly<Record<string, (...values: number[]) => number>>;

/** Functions of JavaScript that models are made with. */
const builtins: Readonly<Record<string, Builtin>> = {
  ...Object.fromEntries(
    ['abs', 'ceil', 'floor', 'log2', 'max', 'min', 'pow', 'round', 'sqrt', 'trunc'].map((name) => [
      `Math.${name}`,
      onNumbers((...values) => mathematics[name]!(...values)),
    ]),
  ),
  Number: asNumber,
  parseFloat: asNumber,
  parseInt: (given, machine) => {
    const number = asNumber(given, machine);
    return typeof number === 'number' ? Math.trunc(number) : unknown;
  },
  String: ({ positional: [value] }) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : unknown,
  Array: ({ positional }) => {
    const [length] = positional;
    return positional.length === 1 && typeof length === 'number' ? emptyList(length) : listOf(positional);
  },
  'Array.of': ({ positional }) => listOf(positional),
  'Array.from': ({ positional: [source = unknown, each] }, machine) => {
    const length = isKind(source, 'dictionary') ? source.entries.get('length') : undefined;
    const list = typeof length === 'number' ? emptyList(length) : copied(source);
    return each === undefined || !isKind(list, 'list')
      ? list
      : listOf(
          list.items.map((item, i) =>
            machine.call(each, { positional: [item, i], named: new Map(), open: false }, null),
          ),
        );
  },
  'Object.keys': ({ positional: [value] }) => ofMembers(value, ([key]) => key),
  'Object.values': ({ positional: [value] }) => ofMembers(value, ([, member]) => member),
  'Object.entries': ({ positional: [value] }) => ofMembers(value, (entry) => listOf(entry)),
  'Object.freeze': ({ positional: [value] }) => value ?? unknown,
  structuredClone: ({ positional: [value] }) => value ?? unknown,
  'Object.assign': ({ positional: [target, ...sources] }) => {
    if (!isKind(target, 'dictionary')) return target ?? unknown;
    for (const source of sources)
      if (isKind(source, 'dictionary'))
        source.entries.forEach((member, key) => target.entries.set(key, member));
    return target;
  },
};

/** `undefined` where the name is none of them. */
export function callJavaScriptBuiltin(machine: Machine, name: string, given: Arguments): Value | undefined {
  if (machine.language !== 'javascript' || !Object.hasOwn(builtins, name)) return undefined;
  return given.open ? unknown : builtins[name]!(given, machine);
}

function emptyList(length: number): Value {
  if (!(Number.isInteger(length) && length >= 0 && length <= limits.size)) return unknown;
  return listOf(Array.from({ length }, () => null));
}

function copied(source: Value): Value {
  const elements = elementsOf(source);
  return elements === undefined ? unknown : listOf(elements);
}

function ofMembers(value: Value | undefined, each: (entry: readonly [Value, Value]) => Value): Value {
  if (!isKind(value, 'dictionary')) return unknown;
  return listOf([...value.entries].map(([key, member]) => each([String(key), member])));
}
