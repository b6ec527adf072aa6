import type { Argument, Comprehension, Entry, Expression, Item, Parameter, Target } from '../program';
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

/** A Python expression. Never throws: what is broken or has no counterpart is `unknown`. */
export function lowerPythonExpression(node: SyntaxNode, lowering: Lowering): Expression {
  const lower = expressions[node.type];
  return oneLevelDown(
    lowering,
    () => (lower === undefined ? unknownOf(node, lowering, lowerPythonExpression) : lower(node, lowering)),
    unknownExpression,
  );
}

const only: LowerExpression = (node, lowering) => {
  const [inner] = namedChildren(node);
  return inner === undefined ? unknownExpression : lowerPythonExpression(inner, lowering);
};

const list: LowerExpression = (node, lowering) => ({
  kind: 'list',
  items: namedChildren(node).map((child) => lowerItem(child, lowering)),
  place: placeOf(node, lowering),
});

const binary: LowerExpression = (node, lowering) => ({
  kind: 'binary',
  operator: node.childForFieldName('operator')?.text ?? '',
  left: inField(node, 'left', lowering, lowerPythonExpression),
  right: inField(node, 'right', lowering, lowerPythonExpression),
});

const expressions: Readonly<Record<string, LowerExpression>> = {
  identifier: (node, lowering) => {
    const name = node.text;
    lowering.names.add(name);
    return { kind: 'name', name };
  },
  integer: literal(parseNumber),
  float: literal(parseNumber),
  true: literal(() => true),
  false: literal(() => false),
  none: literal(() => null),
  string: lowerString,
  concatenated_string: (node, lowering) => ({
    kind: 'template',
    parts: namedChildren(node).map((child) => lowerPythonExpression(child, lowering)),
  }),
  list,
  tuple: list,
  set: list,
  expression_list: list,
  dictionary: (node, lowering) => ({
    kind: 'dictionary',
    entries: namedChildren(node).map((child) => lowerEntry(child, lowering)),
  }),
  parenthesized_expression: only,
  await: only,
  attribute: (node, lowering) => ({
    kind: 'attribute',
    object: inField(node, 'object', lowering, lowerPythonExpression),
    name: node.childForFieldName('attribute')?.text ?? '',
  }),
  subscript: (node, lowering) => ({
    kind: 'subscript',
    object: inField(node, 'value', lowering, lowerPythonExpression),
    index: inField(node, 'subscript', lowering, lowerPythonExpression),
  }),
  slice: lowerSlice,
  call: (node, lowering) => ({
    kind: 'call',
    callee: inField(node, 'function', lowering, lowerPythonExpression),
    text: node.childForFieldName('function')?.text ?? '',
    arguments: lowerArguments(node.childForFieldName('arguments'), lowering),
    place: placeOf(node, lowering),
  }),
  binary_operator: binary,
  boolean_operator: binary,
  comparison_operator: (node, lowering) => {
    const [left, right, ...further] = namedChildren(node);
    if (left === undefined || right === undefined || further.length > 0) {
      return unknownOf(node, lowering, lowerPythonExpression);
    }
    return {
      kind: 'binary',
      operator: node
        .childrenForFieldName('operators')
        .map((token) => token?.text)
        .join(' '),
      left: lowerPythonExpression(left, lowering),
      right: lowerPythonExpression(right, lowering),
    };
  },
  unary_operator: (node, lowering) => ({
    kind: 'unary',
    operator: node.childForFieldName('operator')?.text ?? '',
    operand: inField(node, 'argument', lowering, lowerPythonExpression),
  }),
  not_operator: (node, lowering) => ({
    kind: 'unary',
    operator: 'not',
    operand: inField(node, 'argument', lowering, lowerPythonExpression),
  }),
  conditional_expression: (node, lowering) => {
    const [then, test, otherwise] = namedChildren(node).map((child) =>
      lowerPythonExpression(child, lowering),
    );
    return {
      kind: 'conditional',
      test: test ?? unknownExpression,
      then: then ?? unknownExpression,
      otherwise: otherwise ?? unknownExpression,
    };
  },
  list_comprehension: lowerComprehension,
  set_comprehension: lowerComprehension,
  generator_expression: lowerComprehension,
  dictionary_comprehension: lowerComprehension,
  lambda: (node, lowering) => ({
    kind: 'function',
    definition: {
      name: '',
      parameters: lowerParameters(node.childForFieldName('parameters'), lowering),
      body: [{ kind: 'return', value: inField(node, 'body', lowering, lowerPythonExpression) }],
      decorators: [],
    },
  }),
  named_expression: (node, lowering) => ({
    kind: 'assignment',
    target: lowerPythonTarget(node.childForFieldName('name'), lowering),
    value: inField(node, 'value', lowering, lowerPythonExpression),
  }),
};

function lowerString(node: SyntaxNode, lowering: Lowering): Expression {
  const place = placeOf(node, lowering);
  const raw = /^[a-z]*r/i.test(node.text);
  const parts = namedChildren(node).flatMap((child): Expression[] => {
    if (child.type === 'string_content') {
      const text = raw ? child.text : child.text.replace(/\\./gs, unescape);
      return [{ kind: 'literal', value: text, place }];
    }
    if (child.type !== 'interpolation') return [];
    return [inField(child, 'expression', lowering, lowerPythonExpression)];
  });
  const [first = { kind: 'literal', value: '', place } as const, ...others] = parts;
  return first.kind === 'literal' && others.length === 0 ? first : { kind: 'template', parts };
}

function lowerSlice(node: SyntaxNode, lowering: Lowering): Expression {
  // Bounds that are left out have no node: where the colons stand tells which is which.
  const bounds: (Expression | null)[] = [];
  for (const text of splitAtColons(node.text)) {
    const child = namedChildren(node).find((candidate) => candidate.text === text.trim());
    bounds.push(child === undefined ? null : lowerPythonExpression(child, lowering));
  }
  return { kind: 'slice', bounds };
}

/** The parts between colons that stand in no brackets. */
function splitAtColons(text: string): string[] {
  const parts = [''];
  let brackets = 0;
  for (const character of text) {
    if ('([{'.includes(character)) brackets++;
    if (')]}'.includes(character)) brackets--;
    if (character === ':' && brackets === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function lowerItem(node: SyntaxNode, lowering: Lowering): Item {
  const spread = node.type === 'list_splat';
  return {
    spread: spread ? 'items' : 'none',
    value: (spread ? only : lowerPythonExpression)(node, lowering),
  };
}

function lowerEntry(node: SyntaxNode, lowering: Lowering): Entry {
  if (node.type !== 'pair') return { key: null, value: only(node, lowering) };
  return {
    key: inField(node, 'key', lowering, lowerPythonExpression),
    value: inField(node, 'value', lowering, lowerPythonExpression),
  };
}

/** Of a call, and the bases of a class. */
export function lowerArguments(node: SyntaxNode | null, lowering: Lowering): Argument[] {
  if (node === null) return [];
  if (node.type === 'generator_expression') {
    return [{ spread: 'none', name: null, value: lowerPythonExpression(node, lowering) }];
  }
  return namedChildren(node).map((child): Argument => {
    switch (child.type) {
      case 'keyword_argument':
        return {
          spread: 'none',
          name: child.childForFieldName('name')?.text ?? '',
          value: inField(child, 'value', lowering, lowerPythonExpression),
        };
      case 'list_splat':
        return { spread: 'items', name: null, value: only(child, lowering) };
      case 'dictionary_splat':
        return { spread: 'entries', name: null, value: only(child, lowering) };
      default:
        return { spread: 'none', name: null, value: lowerPythonExpression(child, lowering) };
    }
  });
}

function lowerComprehension(node: SyntaxNode, lowering: Lowering): Expression {
  const body = node.childForFieldName('body');
  if (body === null) return unknownExpression;
  const pair = body.type === 'pair';
  const clauses = namedChildren(node).flatMap((child): Comprehension['clauses'][number][] => {
    if (child.type === 'if_clause') return [{ kind: 'if', test: only(child, lowering) }];
    if (child.type !== 'for_in_clause') return [];
    const target = lowerPythonTarget(child.childForFieldName('left'), lowering);
    return [{ kind: 'for', target, iterable: inField(child, 'right', lowering, lowerPythonExpression) }];
  });
  return {
    kind: 'comprehension',
    key: pair ? inField(body, 'key', lowering, lowerPythonExpression) : null,
    value: pair
      ? inField(body, 'value', lowering, lowerPythonExpression)
      : lowerPythonExpression(body, lowering),
    clauses,
  };
}

/** What is assigned to. */
export function lowerPythonTarget(node: SyntaxNode | null, lowering: Lowering): Target {
  switch (node?.type) {
    case 'identifier':
      return { kind: 'name', name: node.text };
    case 'attribute':
    case 'subscript': {
      const lowered = lowerPythonExpression(node, lowering);
      return lowered.kind === 'attribute' || lowered.kind === 'subscript' ? lowered : { kind: 'nothing' };
    }
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern': {
      const children = namedChildren(node);
      const rest = children.findIndex(({ type }) => type === 'list_splat_pattern');
      const targets = children.map((child, i) =>
        lowerPythonTarget(i === rest ? (namedChildren(child)[0] ?? null) : child, lowering),
      );
      return { kind: 'items', targets, rest: rest < 0 ? null : rest };
    }
    default:
      return { kind: 'nothing' };
  }
}

/** Of a function or a lambda; what follows a bare star is passed by name. */
export function lowerParameters(node: SyntaxNode | null, lowering: Lowering): Parameter[] {
  if (node === null) return [];
  let takes: Parameter['takes'] = 'one';
  const parameters: Parameter[] = [];
  for (const child of namedChildren(node)) {
    if (child.type === 'keyword_separator') takes = 'named';
    const parameter = lowerParameter(child, takes, lowering);
    if (parameter === undefined) continue;
    parameters.push(parameter);
    if (parameter.takes === 'items') takes = 'named';
  }
  return parameters;
}

function lowerParameter(
  node: SyntaxNode,
  takes: Parameter['takes'],
  lowering: Lowering,
): Parameter | undefined {
  const named = (name: string | undefined, kind: Parameter['takes']): Parameter | undefined =>
    name === undefined ? undefined : { name, fallback: null, type: null, takes: kind, pattern: null };
  const [first] = namedChildren(node);
  switch (node.type) {
    case 'identifier':
      return named(node.text, takes);
    case 'list_splat_pattern':
      return named(first?.text, 'items');
    case 'dictionary_splat_pattern':
      return named(first?.text, 'entries');
    case 'typed_parameter': {
      const parameter = first && lowerParameter(first, takes, lowering);
      const type = node.childForFieldName('type');
      return parameter && { ...parameter, type: type && only(type, lowering) };
    }
    case 'default_parameter':
    case 'typed_default_parameter': {
      const parameter = named(node.childForFieldName('name')?.text, takes);
      return parameter && { ...parameter, fallback: inField(node, 'value', lowering, lowerPythonExpression) };
    }
    default:
      return undefined;
  }
}
