import type { Entry, Expression, Statement } from '../program';
import { unknownExpression } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import { inField, oneLevelDown, placeOf, type LowerStatement, type Lowering } from './context';
import { lowerClass } from './javaScriptClasses';
import {
  lowerJavaScriptExpression,
  lowerJavaScriptFunction,
  lowerJavaScriptTarget,
} from './javaScriptExpressions';

/**
 * A statement of JavaScript or TypeScript; types are passed over. Never throws: broken code keeps the statements and
 * expressions that can be told apart.
 */
export function lowerJavaScriptStatement(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  return oneLevelDown(lowering, () => (statements[node.type] ?? lowerOther)(node, lowering), []);
}

/** An expression, or what the parser could make nothing of: then what is in it counts. */
function lowerOther(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  if (node.type === 'ERROR') return within(node, lowering);
  return [{ kind: 'expression', value: lowerJavaScriptExpression(node, lowering) }];
}

function within(node: SyntaxNode | null, lowering: Lowering): readonly Statement[] {
  return node === null
    ? []
    : namedChildren(node).flatMap((child) => lowerJavaScriptStatement(child, lowering));
}

/** The one statement of a branch or loop, which may be a block. */
function inBody(node: SyntaxNode, field: string, lowering: Lowering): readonly Statement[] {
  const child = node.childForFieldName(field);
  return child === null ? [] : lowerJavaScriptStatement(child, lowering);
}

const nothing: LowerStatement = () => [];
const declarations: LowerStatement = within;

const statements: Readonly<Record<string, LowerStatement>> = {
  expression_statement: within,
  statement_block: within,
  else_clause: within,
  lexical_declaration: declarations,
  variable_declaration: declarations,
  variable_declarator: (node, lowering) => {
    const value = node.childForFieldName('value');
    if (value === null) return [];
    const target = lowerJavaScriptTarget(node.childForFieldName('name'), lowering);
    return [{ kind: 'assign', targets: [target], value: lowerJavaScriptExpression(value, lowering) }];
  },
  import_statement: lowerImport,
  export_statement: (node, lowering) => {
    const declaration = node.childForFieldName('declaration') ?? node.childForFieldName('value');
    // A function that is exported without a name makes models as others do.
    if (declaration && ['arrow_function', 'function_expression'].includes(declaration.type)) {
      const value = lowerJavaScriptExpression(declaration, lowering);
      return [{ kind: 'assign', targets: [{ kind: 'name', name: 'default' }], value }];
    }
    return declaration === null ? [] : lowerJavaScriptStatement(declaration, lowering);
  },
  if_statement: (node, lowering) => [
    {
      kind: 'if',
      test: inField(node, 'condition', lowering, lowerJavaScriptExpression),
      then: inBody(node, 'consequence', lowering),
      otherwise: inBody(node, 'alternative', lowering),
    },
  ],
  for_in_statement: (node, lowering) => [
    {
      kind: 'for',
      target: lowerJavaScriptTarget(node.childForFieldName('left'), lowering),
      // `for (… in …)` walks over keys, of which nothing is known.
      iterable:
        node.childForFieldName('operator')?.text === 'of'
          ? inField(node, 'right', lowering, lowerJavaScriptExpression)
          : unknownExpression,
      body: inBody(node, 'body', lowering),
    },
  ],
  for_statement: (node, lowering) => {
    const update = node.childForFieldName('increment');
    return [
      ...inBody(node, 'initializer', lowering),
      {
        kind: 'while',
        test: loopTest(node, lowering),
        body: inBody(node, 'body', lowering),
        update:
          update === null ? [] : [{ kind: 'expression', value: lowerJavaScriptExpression(update, lowering) }],
      },
    ];
  },
  while_statement: (node, lowering) => [
    { kind: 'while', test: loopTest(node, lowering), body: inBody(node, 'body', lowering), update: [] },
  ],
  return_statement: (node, lowering) => {
    const [value] = namedChildren(node);
    return [{ kind: 'return', value: value ? lowerJavaScriptExpression(value, lowering) : null }];
  },
  break_statement: () => [{ kind: 'break' }],
  continue_statement: () => [{ kind: 'continue' }],
  try_statement: (node, lowering) => inBody(node, 'body', lowering),
  function_declaration: (node, lowering) => [
    { kind: 'function', definition: lowerJavaScriptFunction(node, lowering) },
  ],
  class_declaration: (node, lowering) => [lowerClass(node, lowering)],
  abstract_class_declaration: (node, lowering) => [lowerClass(node, lowering)],
  enum_declaration: lowerEnumeration,
  throw_statement: nothing,
  empty_statement: nothing,
  interface_declaration: nothing,
  type_alias_declaration: nothing,
};

/** The test of a `for` loop is a statement in one grammar and an expression in the other. */
function loopTest(node: SyntaxNode, lowering: Lowering) {
  const test = node.childForFieldName('condition');
  if (test === null) return unknownExpression;
  const [inner] = test.type === 'expression_statement' ? namedChildren(test) : [test];
  return inner === undefined ? unknownExpression : lowerJavaScriptExpression(inner, lowering);
}

/** `import * as tf from '@tensorflow/tfjs'`, `import { layers } from '@tensorflow/tfjs'`. */
function lowerImport(node: SyntaxNode): readonly Statement[] {
  const module = node.childForFieldName('source')?.text.slice(1, -1) ?? '';
  const clause = namedChildren(node).find(({ type }) => type === 'import_clause');
  return (clause ? namedChildren(clause) : []).flatMap((child): Statement[] => {
    const [inner] = namedChildren(child);
    switch (child.type) {
      case 'identifier':
        return [{ kind: 'import', name: child.text, symbol: module }];
      case 'namespace_import':
        return inner ? [{ kind: 'import', name: inner.text, symbol: module }] : [];
      case 'named_imports':
        return namedChildren(child).map((specifier) => {
          const imported = specifier.childForFieldName('name')?.text ?? '';
          const name = specifier.childForFieldName('alias')?.text ?? imported;
          return { kind: 'import', name, symbol: `${module}.${imported}` };
        });
      default:
        return [];
    }
  });
}

/** TypeScript's `enum`: members without a value are one more than the number before. */
function lowerEnumeration(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  const body = node.childForFieldName('body');
  const name = node.childForFieldName('name')?.text ?? '';
  let next = 0;
  const entries = (body ? namedChildren(body) : []).map((member): Entry => {
    const place = placeOf(member, lowering);
    const told = member.childForFieldName('value');
    const value: Expression = told
      ? lowerJavaScriptExpression(told, lowering)
      : { kind: 'literal', value: next, place };
    if (value.kind === 'literal') next = Number(value.value) + 1;
    const key = member.childForFieldName('name')?.text ?? member.text;
    return { key: { kind: 'literal', value: key, place }, value };
  });
  return [{ kind: 'assign', targets: [{ kind: 'name', name }], value: { kind: 'dictionary', entries } }];
}
