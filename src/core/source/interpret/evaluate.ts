import type { CallExpression, Comprehension, Expression, Item } from '../program';
import { layerSpecOf } from '../libraries/layerOf';
import { applyBinary, applyUnary, isScalar } from './arithmetic';
import { limits, type Machine } from './machine';
import { sliceOf, sliceOfModules } from './slices';
import { elementsOf, isKind, listOf, truthOf, unknown, weightOf, type Scope, type Value } from './values';

/** What an expression is, as far as it follows from literals. Parts that are not known still run, for the layers they make. */
export function evaluate(machine: Machine, expression: Expression, scope: Scope): Value {
  machine.step();
  const value = (part: Expression) => machine.evaluate(part, scope);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'name':
      return lookUp(machine, expression.name, scope);
    case 'attribute':
      return machine.attribute(value(expression.object), expression.name);
    case 'subscript':
      return elementAt(machine, value(expression.object), value(expression.index));
    case 'slice':
      return {
        kind: 'slice',
        bounds: expression.bounds.map((bound) => (bound === null ? null : value(bound))),
      };
    case 'call':
      return evaluateCall(machine, expression, scope);
    case 'list':
      return listItems(machine, expression.items, scope);
    case 'dictionary':
      return dictionary(machine, expression, scope);
    case 'unary':
      return applyUnary(expression.operator, value(expression.operand));
    case 'binary':
      return binary(machine, expression, scope);
    case 'conditional': {
      const truth = truthOf(value(expression.test));
      if (truth !== undefined) return value(truth ? expression.then : expression.otherwise);
      const then = value(expression.then);
      const otherwise = value(expression.otherwise);
      return isKind(then, 'unknown') ? otherwise : then;
    }
    case 'comprehension':
      return comprehension(machine, expression, scope);
    case 'function':
      return { kind: 'function', definition: expression.definition, scope, owner: null };
    case 'template':
      return template(expression.parts.map(value));
    case 'assignment': {
      const assigned = value(expression.value);
      machine.assign(expression.target, assigned, holderOf(expression, machine, scope));
      return assigned;
    }
    case 'unknown':
      expression.parts.forEach(value);
      return unknown;
  }
}

/** Names by which texts call libraries that they do not import themselves: cells of notebooks, code that is being typed. */
const usualNames: Readonly<Record<string, string>> = {
  nn: 'torch.nn',
  F: 'torch.nn.functional',
  tf: 'tensorflow',
  layers: 'keras.layers',
};

function lookUp(machine: Machine, name: string, scope: Scope): Value {
  for (let inner: Scope | null = scope; inner !== null; inner = inner.parent) {
    const value = inner.variables.get(name);
    if (value !== undefined) return value;
  }
  if (name === 'super') return { kind: 'symbol', name: 'builtins.super' };
  const usual =
    machine.language === 'python' && Object.hasOwn(usualNames, name) ? usualNames[name] : undefined;
  const holder = machine.importedWhole.find((module) => layerSpecOf(`${module}.${name}`, machine.language));
  return { kind: 'symbol', name: usual ?? (holder === undefined ? name : `${holder}.${name}`) };
}

/** JavaScript assigns to the variable that there is, Python to one of the function at hand. */
function holderOf(
  { target }: Extract<Expression, { kind: 'assignment' }>,
  { language }: Machine,
  scope: Scope,
): Scope {
  if (language === 'python' || target.kind !== 'name') return scope;
  for (let inner: Scope | null = scope; inner !== null; inner = inner.parent) {
    if (inner.variables.has(target.name)) return inner;
  }
  return scope;
}

function evaluateCall(machine: Machine, expression: CallExpression, scope: Scope): Value {
  const callee = machine.evaluate(expression.callee, scope);
  if (isKind(callee, 'symbol') && callee.name === 'builtins.super') return superOf(scope);
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  let open = false;
  for (const { spread, name, value } of expression.arguments) {
    const argument = machine.evaluate(value, scope);
    if (spread === 'none' && name === null) positional.push(argument);
    else if (name !== null) named.set(name, argument);
    else if (spread === 'entries' && isKind(argument, 'dictionary')) {
      for (const [key, entry] of argument.entries) named.set(String(key), entry);
    } else {
      const elements = spread === 'items' ? elementsOf(argument) : undefined;
      if (elements) positional.push(...elements);
      else open = true;
    }
  }
  if (isKind(callee, 'method') && callee.callee.kind === 'native' && callee.callee.name === savesArguments)
    return saveArguments(callee.self, scope);
  return machine.call(callee, { positional, named, open }, expression);
}

/** `self.save_hyperparameters()` of Lightning: what the constructor was given is kept as `self.hparams`. */
const savesArguments = 'save_hyperparameters';

function saveArguments(self: Value, scope: Scope): Value {
  if (isKind(self, 'object'))
    self.attributes.set('hparams', { kind: 'dictionary', entries: new Map(scope.variables) });
  return null;
}

function superOf(scope: Scope): Value {
  for (let inner: Scope | null = scope; inner !== null; inner = inner.parent) {
    const { method } = inner;
    if (method && isKind(method.self, 'object'))
      return { kind: 'super', object: method.self, owner: method.owner };
  }
  return unknown;
}

function listItems(machine: Machine, items: readonly Item[], scope: Scope): Value {
  const values: Value[] = [];
  for (const { spread, value } of items) {
    const item = machine.evaluate(value, scope);
    if (spread === 'none') values.push(item);
    else values.push(...(elementsOf(item) ?? []));
  }
  return values.length > limits.size ? unknown : listOf(values);
}

function dictionary(
  machine: Machine,
  { entries }: Extract<Expression, { kind: 'dictionary' }>,
  scope: Scope,
): Value {
  const values = new Map<number | string, Value>();
  for (const entry of entries) {
    const key = entry.key && machine.evaluate(entry.key, scope);
    const value = machine.evaluate(entry.value, scope);
    if (typeof key === 'number' || typeof key === 'string') values.set(key, value);
    if (key === null && isKind(value, 'dictionary'))
      value.entries.forEach((each, name) => values.set(name, each));
  }
  return { kind: 'dictionary', entries: values };
}

/** Logic gives one of its operands; where the first is not known, both may be it. */
function binary(machine: Machine, expression: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  const { operator } = expression;
  const left = machine.evaluate(expression.left, scope);
  const logic = logicOf(operator, left);
  if (logic === 'left') return left;
  const right = machine.evaluate(expression.right, scope);
  if (logic === 'right') return right;
  if (logic === 'either') return isKind(left, 'unknown') ? right : left;
  machine.step(weightOf(left) + weightOf(right));
  return applyBinary(operator, left, right);
}

function logicOf(operator: string, left: Value): 'left' | 'right' | 'either' | undefined {
  if (operator === '??') return left === null ? 'right' : isKind(left, 'unknown') ? 'either' : 'left';
  const or = operator === 'or' || operator === '||';
  if (!or && operator !== 'and' && operator !== '&&') return undefined;
  const truth = truthOf(left);
  if (truth === undefined) return 'either';
  return truth === or ? 'left' : 'right';
}

/** Walks over the first clause and the rest within it. What is walked over is not known: its body runs once. */
function comprehension(machine: Machine, expression: Comprehension, scope: Scope): Value {
  const inner: Scope = { variables: new Map(), parent: scope, method: null };
  const values: Value[] = [];
  const entries = new Map<number | string, Value>();
  const walk = (depth: number): void => {
    const clause = expression.clauses[depth];
    if (clause === undefined) {
      const key = expression.key && machine.evaluate(expression.key, inner);
      const value = machine.evaluate(expression.value, inner);
      if (typeof key === 'number' || typeof key === 'string') entries.set(key, value);
      if (values.length < limits.size) values.push(value);
      return;
    }
    if (clause.kind === 'if') {
      if (truthOf(machine.evaluate(clause.test, inner)) !== false) walk(depth + 1);
      return;
    }
    for (const element of elementsOf(machine.evaluate(clause.iterable, inner)) ?? [unknown]) {
      machine.assign(clause.target, element, inner);
      walk(depth + 1);
    }
  };
  walk(0);
  return expression.key === null ? listOf(values) : { kind: 'dictionary', entries };
}

function template(parts: readonly Value[]): Value {
  if (!parts.every(isScalar)) return unknown;
  const text = parts.map(String).join('');
  return text.length > limits.size ? unknown : text;
}

function elementAt(machine: Machine, object: Value, index: Value): Value {
  if (isKind(object, 'dictionary')) {
    const known = typeof index === 'number' || typeof index === 'string';
    const entry = known ? object.entries.get(index) : undefined;
    return entry === undefined ? unknown : entry;
  }
  const named = isKind(object, 'object') || isKind(object, 'class');
  if (named && typeof index === 'string') return machine.attribute(object, index);
  machine.step(weightOf(object));
  const elements = elementsOf(object);
  if (elements === undefined) return unknown;
  if (isKind(index, 'slice'))
    return isKind(object, 'object')
      ? sliceOfModules(object, index.bounds)
      : sliceOf(object, elements, index.bounds);
  if (typeof index !== 'number') return unknown;
  const element = elements.at(index);
  return element === undefined ? unknown : element;
}
