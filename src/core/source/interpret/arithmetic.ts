import { limits } from './machine';
import { onPairs } from './numbers';
import { elementsOf, isKind, listOf, truthOf, unknown, type Value } from './values';

/** An operator of Python or JavaScript on two values; unknown where it cannot be said. */
export function applyBinary(operator: string, left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return onNumbers(operator, left, right);
  if (operator === '==' || operator === '===' || operator === 'is') return equality(left, right);
  if (operator === '!=' || operator === '!==' || operator === 'is not') return negated(equality(left, right));
  if (operator === 'in') return contains(right, left);
  if (operator === 'not in') return negated(contains(right, left));
  if (isKind(left, 'tensor') || isKind(right, 'tensor')) return scaled(operator, left, right);
  if (operator === '+') return concatenated(left, right);
  if (operator === '*') return repeated(left, right);
  if (operator === '%' && typeof left === 'string') return formatted(left, right);
  return unknown;
}

/** Weights that are scaled or shifted on their way are the same weights. */
function scaled(operator: string, left: Value, right: Value): Value {
  if (!['+', '-', '*', '/', '//', '**'].includes(operator)) return unknown;
  const numbers = onPairs((a, b) => Number(onNumbers(operator, a, b)), left, right);
  if (!isKind(numbers, 'unknown')) return numbers;
  const weights = isKind(left, 'tensor') ? left : right;
  return isKind(weights, 'tensor') && weights.values === null ? weights : unknown;
}

export function applyUnary(operator: string, operand: Value): Value {
  if (operator === 'not' || operator === '!') {
    const truth = truthOf(operand);
    return truth === undefined ? unknown : !truth;
  }
  if (typeof operand !== 'number') return unknown;
  if (operator === '-') return -operand;
  return operator === '+' ? operand : unknown;
}

function onNumbers(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '//':
      return Math.floor(a / b);
    case '%':
      return ((a % b) + b) % b;
    case '**':
      return a ** b;
    case '<<':
      return a * 2 ** b;
    case '>>':
      return Math.floor(a / 2 ** b);
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '==':
    case '===':
    case 'is':
      return a === b;
    case '!=':
    case '!==':
    case 'is not':
      return a !== b;
    default:
      return unknown;
  }
}

/** Objects are equal to themselves; libraries' symbols and flat lists by what they are. */
function equality(left: Value, right: Value): Value {
  if (isKind(left, 'unknown') || isKind(right, 'unknown')) return unknown;
  if (isKind(left, 'symbol') && isKind(right, 'symbol')) return left.name === right.name || unknown;
  const opaque = (value: Value) => isKind(value, 'symbol') || isKind(value, 'tensor');
  if (opaque(left) || opaque(right)) return left === null || right === null ? false : unknown;
  if (!isKind(left, 'list') || !isKind(right, 'list')) return left === right;
  if (left.items.length !== right.items.length) return false;
  // Lists in lists may hold themselves.
  const parts = left.items.map((item, i) =>
    isKind(item, 'list') ? unknown : equality(item, right.items[i]!),
  );
  return parts.includes(false) ? false : parts.every((part) => part === true) || unknown;
}

function negated(value: Value): Value {
  return typeof value === 'boolean' ? !value : unknown;
}

function contains(container: Value, element: Value): Value {
  if (typeof container === 'string' && typeof element === 'string') return container.includes(element);
  const elements = elementsOf(container);
  if (elements === undefined) return unknown;
  const parts = elements.map((item) => equality(item, element));
  return parts.includes(true) ? true : parts.every((part) => part === false) ? false : unknown;
}

function concatenated(left: Value, right: Value): Value {
  const textual = typeof left === 'string' || typeof right === 'string';
  if (textual && isScalar(left) && isScalar(right)) return atMost(`${String(left)}${String(right)}`);
  if (!isKind(left, 'list') || !isKind(right, 'list')) return unknown;
  if (left.items.length + right.items.length > limits.size) return unknown;
  return listOf([...left.items, ...right.items]);
}

function repeated(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right !== 'number') return repeated(right, left);
  if (typeof right !== 'number' || !Number.isInteger(right)) return unknown;
  const times = Math.max(0, right);
  if (typeof left === 'string' && left.length * times <= limits.size) return left.repeat(times);
  if (!isKind(left, 'list') || left.items.length * times > limits.size) return unknown;
  return listOf(Array.from({ length: times }, () => left.items).flat());
}

/** Python's `"conv%d" % i`, with the conversions that names are made of. */
function formatted(text: string, values: Value): Value {
  const given = isKind(values, 'list') ? [...values.items] : [values];
  let complete = true;
  const result = text.replace(/%(?:(0?)(\d{0,2}))?[dis]/g, (_conversion, zero: string, width: string) => {
    const value = given.shift();
    if (isScalar(value)) return String(value).padStart(Number(width), zero === '' ? ' ' : '0');
    complete = false;
    return '';
  });
  return complete ? atMost(result) : unknown;
}

export function isScalar(value: Value | undefined): value is number | string | boolean {
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

function atMost(text: string): Value {
  return text.length > limits.size ? unknown : text;
}
