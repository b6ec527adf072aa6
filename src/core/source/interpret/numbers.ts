import type { TensorValue } from '../tensorValue';
import { limits } from './machine';
import { elementsOf, isKind, lastSegment, listOf, unknown, type Arguments, type Value } from './values';

/** An array of one axis whose numbers are all known. */
export function numbersOf(values: readonly number[]): TensorValue {
  return { kind: 'tensor', shape: [values.length], values };
}

/** The number nearest to a value; of two the even one, as Python, PyTorch and NumPy round. */
export function roundToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

const ofOne: Readonly<Record<string, (value: number) => number>> = {
  round: roundToEven,
  log: Math.log,
  log2: Math.log2,
  exp: Math.exp,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  abs: Math.abs,
  trunc: Math.trunc,
};

const ofTwo: Readonly<Record<string, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  sub: (a, b) => a - b,
  multiply: (a, b) => a * b,
  mul: (a, b) => a * b,
  divide: (a, b) => a / b,
  div: (a, b) => a / b,
  pow: (a, b) => a ** b,
  power: (a, b) => a ** b,
  maximum: Math.max,
  minimum: Math.min,
};

/** Functions of PyTorch and NumPy on numbers that are known. `undefined` where the name is none of them. */
export function callNumeric(name: string, given: Arguments): Value | undefined {
  const last = lastSegment(name);
  if (!/^(torch|numpy|np)\.\w+$/.test(name)) return undefined;
  const [first = unknown, second = unknown] = given.positional;
  if (last === 'arange') return arange(given.positional);
  if (last === 'linspace') return linspace(given);
  if (['tensor', 'array', 'asarray', 'as_tensor'].includes(last)) return known(numbersIn(first));
  if (last === 'diff') return known(differences(numbersIn(first)));
  if (last === 'cumsum') return known(sums(numbersIn(first)));
  if (Object.hasOwn(ofOne, last)) return onEach(ofOne[last]!, first);
  return Object.hasOwn(ofTwo, last) ? onPairs(ofTwo[last]!, first, second) : undefined;
}

/** Element by element; a number stands for as many of it as the other side has. Unknown where one of them is. */
export function onPairs(compute: (a: number, b: number) => number, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return compute(left, right);
  const [a, b] = [numbersIn(left), numbersIn(right)];
  const length = a?.length ?? b?.length;
  if (length === undefined || (a && b && a.length !== b.length)) return unknown;
  const at = (value: Value, values: readonly number[] | undefined, i: number) =>
    typeof value === 'number' ? value : values?.[i];
  const results: number[] = [];
  for (let i = 0; i < length; i++) {
    const [x, y] = [at(left, a, i), at(right, b, i)];
    if (x === undefined || y === undefined) return unknown;
    results.push(compute(x, y));
  }
  return known(results);
}

/** Methods of arrays whose numbers are known. */
export const onNumbers: Readonly<Record<string, (self: TensorValue, given: Arguments) => Value>> = {
  tolist: ({ values }) => (values ? listOf(values) : unknown),
  round: (self) => onEach(roundToEven, self),
  int: (self) => onEach(Math.trunc, self),
  long: (self) => onEach(Math.trunc, self),
  astype: (self, { positional: [type] }) =>
    onEach(isKind(type, 'symbol') && /(^|\.)u?int\d*$/.test(type.name) ? Math.trunc : (value) => value, self),
  numpy: (self) => self,
};

function known(values: readonly number[] | undefined): Value {
  return values !== undefined && values.length <= limits.size ? numbersOf(values) : unknown;
}

function numbersIn(value: Value): readonly number[] | undefined {
  const values = isKind(value, 'tensor') ? (value.values ?? undefined) : elementsOf(value);
  return values?.every((each) => typeof each === 'number') ? values : undefined;
}

function onEach(compute: (value: number) => number, value: Value): Value {
  return typeof value === 'number' ? compute(value) : known(numbersIn(value)?.map(compute));
}

function arange(bounds: readonly Value[]): Value {
  const numbers = bounds.filter((bound) => typeof bound === 'number');
  const [first, end, step = 1] = numbers;
  if (first === undefined || numbers.length !== bounds.length || step === 0) return unknown;
  const [from, to] = end === undefined ? [0, first] : [first, end];
  const count = Math.max(0, Math.ceil((to - from) / step));
  return count > limits.size ? unknown : numbersOf(Array.from({ length: count }, (_, i) => from + i * step));
}

function linspace({ positional, named }: Arguments): Value {
  const [from, to, count = named.get('steps') ?? named.get('num')] = positional;
  if (typeof from !== 'number' || typeof to !== 'number' || typeof count !== 'number') return unknown;
  if (!(count >= 0 && count <= limits.size)) return unknown;
  const step = count > 1 ? (to - from) / (count - 1) : 0;
  return numbersOf(Array.from({ length: count }, (_, i) => from + i * step));
}

function differences(values: readonly number[] | undefined): number[] | undefined {
  return values?.slice(1).map((value, i) => value - values[i]!);
}

function sums(values: readonly number[] | undefined): number[] | undefined {
  let sum = 0;
  return values?.map((value) => (sum += value));
}
