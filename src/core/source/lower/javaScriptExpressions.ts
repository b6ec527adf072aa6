import type {
  Argument,
  Entry,
  Expression,
  FunctionDefinition,
  Item,
  Member,
  Parameter,
  Target,
} from '../program';
import { unknownExpression } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import {
  inField,
  literal,
  oneLevelDown,
  parseNumber,
  placeOf,
  unescape,
  unknownOf,
  type LowerExpression,
  type Lowering,
} from './context';

/** A JavaScript or TypeScript expression. Never throws: what is broken or has no counterpart is `unknown`. */
export function lowerJavaScriptExpression(node: SyntaxNode, lowering: Lowering): Expression {
  const lower = expressions[node.type];
  return oneLevelDown(
    lowering,
    () =>
      lower === undefined ? unknownOf(node, lowering, lowerJavaScriptExpression) : lower(node, lowering),
    unknownExpression,
  );
}

/** Types and assertions around an expression say nothing about its value. */
const only: LowerExpression = (node, lowering) => {
  const [inner] = namedChildren(node);
  return inner === undefined ? unknownExpression : lowerJavaScriptExpression(inner, lowering);
};

const name: LowerExpression = ({ text }, lowering) => {
  lowering.names.add(text);
  return { kind: 'name', name: text };
};

/** `super` is the object at hand under the names of the class that its own inherits from: Python's `super()`. */
const superObject: LowerExpression = (node, lowering) => ({
  kind: 'call',
  callee: name(node, lowering),
  text: node.text,
  arguments: [],
  place: placeOf(node, lowering),
});

const call =
  (callee: 'function' | 'constructor'): LowerExpression =>
  (node, lowering) => ({
    kind: 'call',
    callee: lowerCallee(node.childForFieldName(callee), lowering),
    text: node.childForFieldName(callee)?.text ?? '',
    arguments: lowerArguments(node.childForFieldName('arguments'), lowering),
    place: placeOf(node, lowering),
  });

const functionExpression: LowerExpression = (node, lowering) => ({
  kind: 'function',
  definition: lowerJavaScriptFunction(node, lowering),
});

const expressions: Readonly<Record<string, LowerExpression>> = {
  identifier: name,
  this: name,
  super: superObject,
  number: literal(parseNumber),
  true: literal(() => true),
  false: literal(() => false),
  null: literal(() => null),
  undefined: literal(() => null),
  string: (node, lowering) => ({
    kind: 'literal',
    value: node.text.slice(1, -1).replace(/\\./gs, unescape),
    place: placeOf(node, lowering),
  }),
  template_string: (node, lowering) => ({
    kind: 'template',
    parts: namedChildren(node).map((child) =>
      child.type === 'template_substitution'
        ? only(child, lowering)
        : { kind: 'literal', value: child.text, place: placeOf(child, lowering) },
    ),
  }),
  array: (node, lowering) => ({
    kind: 'list',
    items: namedChildren(node).map((child) => lowerItem(child, lowering)),
    place: placeOf(node, lowering),
  }),
  object: (node, lowering) => ({
    kind: 'dictionary',
    entries: namedChildren(node).flatMap((child) => lowerEntry(child, lowering)),
  }),
  parenthesized_expression: only,
  await_expression: only,
  non_null_expression: only,
  as_expression: only,
  satisfies_expression: only,
  member_expression: (node, lowering) => ({
    kind: 'attribute',
    object: inField(node, 'object', lowering, lowerJavaScriptExpression),
    name: node.childForFieldName('property')?.text ?? '',
  }),
  subscript_expression: (node, lowering) => ({
    kind: 'subscript',
    object: inField(node, 'object', lowering, lowerJavaScriptExpression),
    index: inField(node, 'index', lowering, lowerJavaScriptExpression),
  }),
  call_expression: call('function'),
  new_expression: call('constructor'),
  binary_expression: (node, lowering) => ({
    kind: 'binary',
    operator: node.childForFieldName('operator')?.text ?? '',
    left: inField(node, 'left', lowering, lowerJavaScriptExpression),
    right: inField(node, 'right', lowering, lowerJavaScriptExpression),
  }),
  unary_expression: (node, lowering) => ({
    kind: 'unary',
    operator: node.childForFieldName('operator')?.text ?? '',
    operand: inField(node, 'argument', lowering, lowerJavaScriptExpression),
  }),
  ternary_expression: (node, lowering) => ({
    kind: 'conditional',
    test: inField(node, 'condition', lowering, lowerJavaScriptExpression),
    then: inField(node, 'consequence', lowering, lowerJavaScriptExpression),
    otherwise: inField(node, 'alternative', lowering, lowerJavaScriptExpression),
  }),
  assignment_expression: (node, lowering) => ({
    kind: 'assignment',
    target: lowerJavaScriptTarget(node.childForFieldName('left'), lowering),
    value: inField(node, 'right', lowering, lowerJavaScriptExpression),
  }),
  augmented_assignment_expression: (node, lowering) => ({
    kind: 'assignment',
    target: lowerJavaScriptTarget(node.childForFieldName('left'), lowering),
    value: {
      kind: 'binary',
      operator: (node.childForFieldName('operator')?.text ?? '').replace(/=$/, ''),
      left: inField(node, 'left', lowering, lowerJavaScriptExpression),
      right: inField(node, 'right', lowering, lowerJavaScriptExpression),
    },
  }),
  update_expression: (node, lowering) => ({
    kind: 'assignment',
    target: lowerJavaScriptTarget(node.childForFieldName('argument'), lowering),
    value: {
      kind: 'binary',
      operator: node.childForFieldName('operator')?.text === '--' ? '-' : '+',
      left: inField(node, 'argument', lowering, lowerJavaScriptExpression),
      right: { kind: 'literal', value: 1, place: placeOf(node, lowering) },
    },
  }),
  arrow_function: functionExpression,
  function_expression: functionExpression,
};

function lowerItem(node: SyntaxNode, lowering: Lowering): Item {
  const spread = node.type === 'spread_element';
  return {
    spread: spread ? 'items' : 'none',
    value: (spread ? only : lowerJavaScriptExpression)(node, lowering),
  };
}

function lowerEntry(node: SyntaxNode, lowering: Lowering): Entry[] {
  const place = placeOf(node, lowering);
  switch (node.type) {
    case 'pair': {
      const key = node.childForFieldName('key');
      const value = inField(node, 'value', lowering, lowerJavaScriptExpression);
      if (key?.type !== 'property_identifier') {
        return [{ key: inField(node, 'key', lowering, lowerJavaScriptExpression), value }];
      }
      return [{ key: { kind: 'literal', value: key.text, place }, value }];
    }
    case 'shorthand_property_identifier':
      return [{ key: { kind: 'literal', value: node.text, place }, value: name(node, lowering) }];
    case 'spread_element':
      return [{ key: null, value: only(node, lowering) }];
    default:
      return [];
  }
}

function lowerCallee(node: SyntaxNode | null, lowering: Lowering): Expression {
  if (node === null) return unknownExpression;
  const callee = lowerJavaScriptExpression(node, lowering);
  return node.type === 'super' ? { kind: 'attribute', object: callee, name: '__init__' } : callee;
}

/** Of a call; an object literal passes its members by name, as the layers of TensorFlow.js take them. */
function lowerArguments(node: SyntaxNode | null, lowering: Lowering): Argument[] {
  if (node === null) return [];
  return namedChildren(node).map((child) => ({ ...lowerItem(child, lowering), name: null }));
}

/** A function, an arrow function or a method. Methods take `this` as their first parameter. */
export function lowerJavaScriptFunction(node: SyntaxNode, lowering: Lowering): FunctionDefinition {
  const body = node.childForFieldName('body');
  const statements =
    body === null
      ? []
      : body.type === 'statement_block'
        ? namedChildren(body).flatMap((child) => lowering.statement(child, lowering))
        : [{ kind: 'return' as const, value: lowerJavaScriptExpression(body, lowering) }];
  const single = node.childForFieldName('parameter');
  const listed = node.childForFieldName('parameters');
  const parameters = [...(single ? [single] : []), ...(listed ? namedChildren(listed) : [])];
  return {
    name: node.childForFieldName('name')?.text ?? '',
    parameters: parameters.map((parameter, i) => lowerParameter(parameter, i, lowering)),
    body: statements,
    decorators: [],
  };
}

function lowerParameter(node: SyntaxNode, index: number, lowering: Lowering): Parameter {
  const wrapped = node.type === 'required_parameter' || node.type === 'optional_parameter';
  const pattern = wrapped ? node.childForFieldName('pattern') : node;
  const assigned = pattern?.type === 'assignment_pattern' ? pattern : null;
  const target = assigned ? assigned.childForFieldName('left') : pattern;
  const value = wrapped ? node.childForFieldName('value') : (assigned?.childForFieldName('right') ?? null);
  const rest = target?.type === 'rest_pattern';
  const named = rest ? (namedChildren(target)[0] ?? null) : target;
  const simple = named?.type === 'identifier';
  return {
    name: simple ? named.text : `#${index}`,
    fallback: value && lowerJavaScriptExpression(value, lowering),
    type: null,
    takes: rest ? 'items' : 'one',
    pattern: simple ? null : lowerJavaScriptTarget(named, lowering),
  };
}

/** What is assigned to or declared. */
export function lowerJavaScriptTarget(node: SyntaxNode | null, lowering: Lowering): Target {
  switch (node?.type) {
    case 'identifier':
      return { kind: 'name', name: node.text };
    case 'member_expression':
    case 'subscript_expression': {
      const lowered = lowerJavaScriptExpression(node, lowering);
      return lowered.kind === 'attribute' || lowered.kind === 'subscript' ? lowered : { kind: 'nothing' };
    }
    case 'array_pattern': {
      const targets = namedChildren(node).map((child) => lowerJavaScriptTarget(child, lowering));
      return { kind: 'items', targets, rest: null };
    }
    case 'object_pattern':
      return {
        kind: 'members',
        members: namedChildren(node).flatMap((child) => lowerMember(child, lowering)),
      };
    default:
      return { kind: 'nothing' };
  }
}

/** `size`, `size: other`, and both with a default. */
function lowerMember(node: SyntaxNode, lowering: Lowering): Member[] {
  if (node.type === 'shorthand_property_identifier_pattern') {
    return [{ name: node.text, target: { kind: 'name', name: node.text }, fallback: null }];
  }
  if (node.type === 'object_assignment_pattern') {
    const inner = node.childForFieldName('left');
    const fallback = inField(node, 'right', lowering, lowerJavaScriptExpression);
    return inner ? lowerMember(inner, lowering).map((member) => ({ ...member, fallback })) : [];
  }
  if (node.type !== 'pair_pattern') return [];
  const name = node.childForFieldName('key')?.text ?? '';
  const value = node.childForFieldName('value');
  const assigned = value?.type === 'assignment_pattern' ? value : null;
  return [
    {
      name,
      target: lowerJavaScriptTarget(assigned ? assigned.childForFieldName('left') : value, lowering),
      fallback: assigned && inField(assigned, 'right', lowering, lowerJavaScriptExpression),
    },
  ];
}
