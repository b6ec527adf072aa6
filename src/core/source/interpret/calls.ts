import type { CallExpression, Parameter } from '../program';
import { limits, newObject, OutOfSteps, type Machine } from './machine';
import { callLibrary, initializeFromLibrary } from './libraryCalls';
import { isComposite } from './composites';
import { isDataClass, isSettings, setFields } from './dataClasses';
import { callNative } from './nativeMethods';
import {
  containerKind,
  isEnumeration,
  isKind,
  libraryBases,
  listOf,
  memberOf,
  noArguments,
  unknown,
  weightOf,
  type Arguments,
  type ClassValue,
  type FunctionValue,
  type ObjectValue,
  type Scope,
  type Value,
} from './values';

/** What a call gives. Calls of what is not known give unknown: their arguments have run already. */
export function call(machine: Machine, callee: Value, given: Arguments, site: CallExpression | null): Value {
  machine.step(1 + given.positional.reduce<number>((sum, value) => sum + weightOf(value), 0));
  if (typeof callee !== 'object' || callee === null) return unknown;
  switch (callee.kind) {
    case 'symbol':
      return callLibrary(machine, callee.name, given, site);
    case 'function':
      return invoke(machine, callee, null, given);
    case 'class':
      return machine.instantiate(callee, given, site);
    case 'partial': {
      const { bound } = callee;
      const named = new Map([...bound.named, ...given.named]);
      const positional = [...bound.positional, ...given.positional];
      return machine.call(callee.callee, { positional, named, open: bound.open || given.open }, site);
    }
    case 'method':
      return callee.callee.kind === 'native'
        ? callNative(machine, callee.self, callee.callee.name, given, site)
        : invoke(machine, callee.callee, callee.self, given);
    case 'object':
      return forward(machine, callee, given);
    default:
      return unknown;
  }
}

/** A function of the text, or a method of `self`. */
function invoke(
  machine: Machine,
  { definition, scope, owner }: FunctionValue,
  self: Value,
  given: Arguments,
): Value {
  machine.used.add(definition);
  const isStatic = definition.decorators.includes('staticmethod');
  const receiver = owner !== null && self !== null && !isStatic;
  const all = receiver ? { ...given, positional: [self, ...given.positional] } : given;
  const method = owner === null || self === null ? null : { owner, self };
  const inner: Scope = { variables: new Map(), parent: scope, method };
  bind(machine, definition.parameters, all, inner);
  const completion = oneCallDeeper(machine, () => machine.execute(definition.body, inner));
  return completion.kind === 'return' ? completion.value : null;
}

function oneCallDeeper<T>(machine: Machine, run: () => T): T {
  if (machine.depth >= limits.depth) throw new OutOfSteps();
  machine.depth++;
  const result = run();
  machine.depth--;
  return result;
}

function bind(machine: Machine, parameters: readonly Parameter[], given: Arguments, scope: Scope): void {
  const positional = [...given.positional];
  const named = new Map(given.named);
  for (const parameter of parameters) {
    const value = argumentFor(machine, parameter, positional, named, scope);
    if (parameter.pattern) machine.assign(parameter.pattern, value, scope);
    else scope.variables.set(parameter.name, value);
  }
}

function argumentFor(
  machine: Machine,
  { name, takes, fallback, type }: Parameter,
  positional: Value[],
  named: Map<string, Value>,
  scope: Scope,
): Value {
  switch (takes) {
    case 'items':
      return listOf(positional.splice(0));
    case 'entries':
      return { kind: 'dictionary', entries: new Map(named) };
    default: {
      const byName = named.get(name);
      named.delete(name);
      const given = takes === 'one' ? positional.shift() : undefined;
      // `None` is a value as others are.
      const value = given === undefined ? byName : given;
      if (value !== undefined) return value;
      return fallback === null ? settingsOf(machine, type, scope) : machine.evaluate(fallback, scope);
    }
  }
}

/** What a parameter is that nobody passes: of settings, what they are where nobody changes them. */
function settingsOf(machine: Machine, type: Parameter['type'], scope: Scope): Value {
  const named = type?.kind === 'name' ? machine.evaluate(type, scope) : unknown;
  return isKind(named, 'class') && isSettings(named)
    ? machine.instantiate(named, noArguments, null)
    : unknown;
}

/** A new object of a class of the text. */
export function instantiate(
  machine: Machine,
  type: ClassValue,
  given: Arguments,
  site: CallExpression | null,
): Value {
  machine.used.add(type.definition);
  // An enumeration finds its member by value.
  if (isEnumeration(type)) return given.positional[0] ?? unknown;
  const object = newObject(machine, type);
  const initializer = memberOf(type, '__init__');
  if (isKind(initializer, 'function')) {
    invoke(machine, initializer, object, given);
    return object;
  }
  const [library] = libraryBases(type);
  if (isDataClass(type)) {
    setFields(type, object, given);
    // Modules of Flax make their layers here.
    const setup = memberOf(type, 'setup');
    if (isKind(setup, 'function')) invoke(machine, setup, object, noArguments);
  } else if (library !== undefined && site) initializeFromLibrary(machine, object, library, given, site);
  return object;
}

const forwardMethods = ['forward', 'call', '__call__'];

/** A module is called: its `forward` is walked for the order of layers and the functions it uses. Results are not known. */
function forward(machine: Machine, object: ObjectValue, given: Arguments): Value {
  if (machine.forwarded === null) return unknown;
  if (object.layer) {
    machine.forwarded.push(object);
    return unknown;
  }
  const { type } = object;
  const own = isKind(type, 'class')
    ? forwardMethods.map((name) => memberOf(type, name)).find((member) => isKind(member, 'function'))
    : undefined;
  if (isKind(own, 'function')) return invoke(machine, own, object, given);
  const inOrder = containerKind(object) === 'Sequential' || libraryBases(type).some(isComposite);
  if (inOrder) {
    for (const child of object.attributes.values()) {
      if (isKind(child, 'object')) machine.call(child, { ...noArguments, positional: [unknown] }, null);
    }
  }
  return unknown;
}
