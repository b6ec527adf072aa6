import { everything, type FunctionDefinition, type Statement } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import { inField, oneLevelDown, type LowerStatement, type Lowering } from './context';
import { lowerPythonMatch } from './pythonMatch';
import {
  lowerArguments,
  lowerParameters,
  lowerPythonExpression,
  lowerPythonTarget,
} from './pythonExpressions';

/** A Python statement. Never throws: broken code keeps the statements and expressions that can be told apart. */
export function lowerPythonStatement(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  return oneLevelDown(lowering, () => (statements[node.type] ?? lowerOther)(node, lowering), []);
}

/** An expression, or what the parser could make nothing of: then what is in it counts. */
function lowerOther(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  if (node.type === 'ERROR') return body(node, lowering);
  return [{ kind: 'expression', value: lowerPythonExpression(node, lowering) }];
}

function body(node: SyntaxNode | null, lowering: Lowering): readonly Statement[] {
  return node === null ? [] : namedChildren(node).flatMap((child) => lowerPythonStatement(child, lowering));
}

const blockOf =
  (...fields: readonly string[]): LowerStatement =>
  (node, lowering) =>
    fields.flatMap((field) => body(node.childForFieldName(field), lowering));

const nothing: LowerStatement = () => [];

const statements: Readonly<Record<string, LowerStatement>> = {
  expression_statement: body,
  block: body,
  assignment: lowerAssignment,
  augmented_assignment: (node, lowering) => [
    {
      kind: 'augment',
      target: lowerPythonTarget(node.childForFieldName('left'), lowering),
      current: inField(node, 'left', lowering, lowerPythonExpression),
      operator: (node.childForFieldName('operator')?.text ?? '').replace(/=$/, ''),
      value: inField(node, 'right', lowering, lowerPythonExpression),
    },
  ],
  import_statement: lowerImport,
  import_from_statement: lowerImportFrom,
  future_import_statement: nothing,
  if_statement: (node, lowering) => [
    lowerIf(node, present(node.childrenForFieldName('alternative')), lowering),
  ],
  match_statement: (node, lowering) => lowerPythonMatch(node, lowering, body),
  for_statement: (node, lowering) => [
    {
      kind: 'for',
      target: lowerPythonTarget(node.childForFieldName('left'), lowering),
      iterable: inField(node, 'right', lowering, lowerPythonExpression),
      body: body(node.childForFieldName('body'), lowering),
    },
  ],
  while_statement: (node, lowering) => [
    {
      kind: 'while',
      test: inField(node, 'condition', lowering, lowerPythonExpression),
      body: body(node.childForFieldName('body'), lowering),
      update: [],
    },
  ],
  return_statement: (node, lowering) => {
    const [value] = namedChildren(node);
    return [{ kind: 'return', value: value ? lowerPythonExpression(value, lowering) : null }];
  },
  break_statement: () => [{ kind: 'break' }],
  continue_statement: () => [{ kind: 'continue' }],
  with_statement: blockOf('body'),
  try_statement: blockOf('body'),
  function_definition: (node, lowering) => [
    { kind: 'function', definition: lowerFunction(node, [], lowering) },
  ],
  class_definition: (node, lowering) => [lowerClass(node, [], lowering)],
  decorated_definition: lowerDecorated,
  // A check that fails or an exception would leave nothing to look at.
  raise_statement: nothing,
  assert_statement: nothing,
  delete_statement: nothing,
  pass_statement: nothing,
  global_statement: nothing,
  nonlocal_statement: nothing,
};

/** `a = b = value` is an assignment to both. */
function lowerAssignment(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  const targets = [lowerPythonTarget(node.childForFieldName('left'), lowering)];
  let value = node.childForFieldName('right');
  while (value?.type === 'assignment') {
    targets.push(lowerPythonTarget(value.childForFieldName('left'), lowering));
    value = value.childForFieldName('right');
  }
  return [{ kind: 'assign', targets, value: value && lowerPythonExpression(value, lowering) }];
}

function lowerImport(node: SyntaxNode): readonly Statement[] {
  return present(node.childrenForFieldName('name')).map((child): Statement => {
    const symbol = importedName(child);
    const alias = child.childForFieldName('alias')?.text;
    // `import torch.nn` binds `torch`.
    const name = alias ?? symbol.split('.')[0]!;
    return { kind: 'import', name, symbol: alias === undefined ? name : symbol };
  });
}

function lowerImportFrom(node: SyntaxNode): readonly Statement[] {
  const module = node.childForFieldName('module_name')?.text ?? '';
  if (namedChildren(node).some(({ type }) => type === 'wildcard_import'))
    return [{ kind: 'import', name: everything, symbol: module }];
  return present(node.childrenForFieldName('name')).map((child): Statement => {
    const imported = importedName(child);
    const name = child.childForFieldName('alias')?.text ?? imported;
    return { kind: 'import', name, symbol: `${module}.${imported}` };
  });
}

function importedName(node: SyntaxNode): string {
  return node.childForFieldName('name')?.text ?? node.text;
}

/** An `if` or `elif` with the branches that follow it. */
function lowerIf(node: SyntaxNode, alternatives: readonly SyntaxNode[], lowering: Lowering): Statement {
  const [next, ...others] = alternatives;
  const otherwise =
    next === undefined
      ? []
      : next.type === 'elif_clause'
        ? [lowerIf(next, others, lowering)]
        : body(next.childForFieldName('body'), lowering);
  return {
    kind: 'if',
    test: inField(node, 'condition', lowering, lowerPythonExpression),
    then: body(node.childForFieldName('consequence'), lowering),
    otherwise,
  };
}

function lowerFunction(
  node: SyntaxNode,
  decorators: readonly string[],
  lowering: Lowering,
): FunctionDefinition {
  return {
    name: node.childForFieldName('name')?.text ?? '',
    parameters: lowerParameters(node.childForFieldName('parameters'), lowering),
    body: body(node.childForFieldName('body'), lowering),
    decorators,
  };
}

function lowerClass(node: SyntaxNode, decorators: readonly string[], lowering: Lowering): Statement {
  return {
    kind: 'class',
    definition: {
      name: node.childForFieldName('name')?.text ?? '',
      bases: lowerArguments(node.childForFieldName('superclasses'), lowering)
        .filter(({ name }) => name === null)
        .map(({ value }) => value),
      body: body(node.childForFieldName('body'), lowering),
      decorators,
    },
  };
}

/** Decorators are known by the last segment of their name: `functools.lru_cache(None)` is `lru_cache`. */
function lowerDecorated(node: SyntaxNode, lowering: Lowering): readonly Statement[] {
  const definition = node.childForFieldName('definition');
  const decorators = namedChildren(node)
    .filter(({ type }) => type === 'decorator')
    .map(({ text }) => /^@\s*(?:[\w.]*\.)?(\w+)/.exec(text)?.[1] ?? '');
  if (definition?.type === 'class_definition') return [lowerClass(definition, decorators, lowering)];
  if (definition?.type !== 'function_definition') return [];
  return [{ kind: 'function', definition: lowerFunction(definition, decorators, lowering) }];
}

function present(nodes: readonly (SyntaxNode | null)[]): SyntaxNode[] {
  return nodes.filter((node): node is SyntaxNode => node !== null);
}
