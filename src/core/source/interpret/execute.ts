import {
  everything,
  type ClassDefinition,
  type FunctionDefinition,
  type Statement,
  type Target,
} from '../program';
import { applyBinary } from './arithmetic';
import { numberMembers } from './enumerations';
import { limits, type Completion, type Machine } from './machine';
import {
  elementsOf,
  isContainer,
  isEnumeration,
  isKind,
  listOf,
  truthOf,
  unknown,
  weightOf,
  type ClassValue,
  type FunctionValue,
  type ObjectValue,
  type Scope,
  type Value,
} from './values';

const normal: Completion = { kind: 'normal' };

/**
 * Carries statements out. Where a test is not known both branches are: what either makes may be there. Loops over what
 * is not known run once.
 */
export function execute(machine: Machine, statements: readonly Statement[], scope: Scope): Completion {
  let possible: Completion = normal;
  for (const statement of statements) {
    const { completion, certain } = executeOne(machine, statement, scope);
    if (completion.kind === 'normal') continue;
    if (certain) return completion;
    // Whether this is the end is not known: go on, and come back to it where nothing else is returned.
    if (completion.kind === 'return') possible = completion;
  }
  return possible;
}

interface Outcome {
  readonly completion: Completion;
  readonly certain: boolean;
}

const goesOn: Outcome = { completion: normal, certain: true };

function executeOne(machine: Machine, statement: Statement, scope: Scope): Outcome {
  machine.step();
  switch (statement.kind) {
    case 'expression':
      machine.evaluate(statement.value, scope);
      return goesOn;
    case 'assign': {
      if (statement.value === null) return goesOn;
      const value = machine.evaluate(statement.value, scope);
      for (const target of statement.targets) machine.assign(target, value, scope);
      return goesOn;
    }
    case 'augment':
      augment(machine, statement, scope);
      return goesOn;
    case 'import':
      if (statement.name === everything) machine.importedWhole.push(statement.symbol);
      else scope.variables.set(statement.name, { kind: 'symbol', name: statement.symbol });
      return goesOn;
    case 'if':
      return executeIf(machine, statement, scope);
    case 'for':
      return executeFor(machine, statement, scope);
    case 'while':
      return executeWhile(machine, statement, scope);
    case 'return': {
      const value = statement.value === null ? null : machine.evaluate(statement.value, scope);
      return { completion: { kind: 'return', value }, certain: true };
    }
    case 'break':
    case 'continue':
      return { completion: { kind: statement.kind }, certain: true };
    case 'block':
      return { completion: machine.execute(statement.body, scope), certain: true };
    case 'function': {
      scope.variables.set(statement.definition.name, defineFunction(statement.definition, scope));
      return goesOn;
    }
    case 'class':
      scope.variables.set(statement.definition.name, defineClass(machine, statement.definition, scope));
      return goesOn;
  }
}

function executeIf(machine: Machine, statement: Extract<Statement, { kind: 'if' }>, scope: Scope): Outcome {
  const truth = truthOf(machine.evaluate(statement.test, scope));
  if (truth !== undefined) {
    return {
      completion: machine.execute(truth ? statement.then : statement.otherwise, scope),
      certain: true,
    };
  }
  const then = machine.execute(statement.then, scope);
  const otherwise = machine.execute(statement.otherwise, scope);
  return { completion: then.kind === 'return' ? then : otherwise, certain: false };
}

function executeFor(machine: Machine, statement: Extract<Statement, { kind: 'for' }>, scope: Scope): Outcome {
  const elements = elementsOf(machine.evaluate(statement.iterable, scope));
  for (const element of elements ?? [unknown]) {
    machine.step();
    machine.assign(statement.target, element, scope);
    const completion = machine.execute(statement.body, scope);
    if (completion.kind === 'break') break;
    if (completion.kind === 'return') return { completion, certain: elements !== undefined };
  }
  return goesOn;
}

function executeWhile(
  machine: Machine,
  statement: Extract<Statement, { kind: 'while' }>,
  scope: Scope,
): Outcome {
  for (;;) {
    machine.step();
    const truth = truthOf(machine.evaluate(statement.test, scope));
    if (truth === false) return goesOn;
    const completion = machine.execute(statement.body, scope);
    if (completion.kind === 'break') return goesOn;
    if (completion.kind === 'return') return { completion, certain: truth === true };
    machine.execute(statement.update, scope);
    if (truth === undefined) return goesOn;
  }
}

/** Lists and containers grow in place, as everyone who holds them sees. */
function augment(machine: Machine, statement: Extract<Statement, { kind: 'augment' }>, scope: Scope): void {
  const current = machine.evaluate(statement.current, scope);
  const value = machine.evaluate(statement.value, scope);
  machine.step(weightOf(current) + weightOf(value));
  if (statement.operator === '+' && isKind(current, 'list')) {
    const items = elementsOf(value) ?? [];
    if (current.items.length + items.length <= limits.size) current.items.push(...items);
    return;
  }
  if (statement.operator === '+' && isKind(current, 'object') && isContainer(current)) {
    for (const item of elementsOf(value) ?? []) current.attributes.set(String(current.attributes.size), item);
    return;
  }
  machine.assign(statement.target, applyBinary(statement.operator, current, value), scope);
}

/** Gives a value a name, or takes it apart. */
export function assign(machine: Machine, target: Target, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'name':
      scope.variables.set(target.name, value);
      return;
    case 'attribute': {
      const object = machine.evaluate(target.object, scope);
      if (isKind(object, 'object')) object.attributes.set(target.name, value);
      if (isKind(object, 'dictionary')) object.entries.set(target.name, value);
      if (isKind(object, 'class')) {
        object.members.set(target.name, value);
        machine.changedClasses = true;
      }
      return;
    }
    case 'subscript':
      assignElement(machine.evaluate(target.object, scope), machine.evaluate(target.index, scope), value);
      return;
    case 'items': {
      const elements = elementsOf(value) ?? [];
      const { targets, rest } = target;
      const surplus = Math.max(0, elements.length - targets.length + 1);
      targets.forEach((each, i) => {
        if (rest === i) return machine.assign(each, listOf(elements.slice(i, i + surplus)), scope);
        const at = rest !== null && i > rest ? i + surplus - 1 : i;
        machine.assign(each, elements[at] ?? unknown, scope);
      });
      return;
    }
    case 'members':
      for (const member of target.members) {
        const { name, fallback } = member;
        const leftOut = fallback !== null && isKind(value, 'dictionary') && !value.entries.has(name);
        const given = leftOut ? machine.evaluate(fallback, scope) : machine.attribute(value, name);
        machine.assign(member.target, given, scope);
      }
      return;
    case 'nothing':
      return;
  }
}

function assignElement(object: Value, index: Value, value: Value): void {
  if (typeof index !== 'number' && typeof index !== 'string') return;
  if (isKind(object, 'dictionary')) object.entries.set(index, value);
  if (isKind(object, 'object') && isContainer(object)) object.attributes.set(keyOf(object, index), value);
  if (!isKind(object, 'list') || typeof index !== 'number') return;
  const at = index < 0 ? index + object.items.length : index;
  if (Number.isInteger(at) && at >= 0 && at < object.items.length) object.items[at] = value;
}

/** Modules in a row are replaced by their place, which may count from the end, whatever they are called. */
function keyOf({ attributes }: ObjectValue, index: number | string): string {
  const place = typeof index === 'number' && index < 0 ? index + attributes.size : index;
  const key = typeof place === 'number' ? [...attributes.keys()][place] : undefined;
  return key ?? String(place);
}

/** A method does not see the names of its class' body. */
function defineFunction(definition: FunctionDefinition, scope: Scope): FunctionValue {
  const owner = scope.method?.owner;
  if (owner === undefined || owner.members !== scope.variables) {
    return { kind: 'function', definition, scope, owner: null };
  }
  return { kind: 'function', definition, scope: scope.parent!, owner };
}

function defineClass(machine: Machine, definition: ClassDefinition, scope: Scope): ClassValue {
  const bases = definition.bases.map((base) => machine.evaluate(base, scope));
  const members = new Map<string, Value>();
  const fields = [
    ...bases.flatMap((base) => (isKind(base, 'class') ? base.fields : [])),
    ...definition.body.flatMap(fieldNames),
  ];
  const type: ClassValue = { kind: 'class', definition, bases, members, fields: [...new Set(fields)] };
  const body: Scope = { variables: members, parent: scope, method: { owner: type, self: unknown } };
  machine.execute(definition.body, body);
  if (isEnumeration(type)) numberMembers(type);
  return type;
}

function fieldNames(statement: Statement): string[] {
  if (statement.kind !== 'assign') return [];
  return statement.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
}
