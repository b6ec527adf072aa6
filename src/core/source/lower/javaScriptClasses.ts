import type { Expression, FunctionDefinition, Parameter, Statement, Target } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import { placeOf, type Lowering } from './context';
import { lowerJavaScriptExpression, lowerJavaScriptFunction } from './javaScriptExpressions';

/** A class; its members have the names and first parameters that the interpreter knows from Python. */
export function lowerClass(node: SyntaxNode, lowering: Lowering): Statement {
  const body = node.childForFieldName('body');
  const members = body ? namedChildren(body) : [];
  const bases = basesOf(node, lowering);
  const fields = members.flatMap((member) => (isStatic(member) ? [] : lowerField(member, lowering)));
  const constants = members.flatMap((member) => (isStatic(member) ? lowerConstant(member, lowering) : []));
  const methods = members
    .filter(({ type }) => type === 'method_definition')
    .map((method) => lowerMethod(method, fields, lowering));
  const constructed = methods.some(({ name }) => name === '__init__');
  const definitions =
    constructed || fields.length === 0
      ? methods
      : [initializer(bases.length > 0 ? [passedOn(node, lowering), ...fields] : fields), ...methods];
  return {
    kind: 'class',
    definition: {
      name: node.childForFieldName('name')?.text ?? '',
      bases,
      body: [...constants, ...definitions.map((definition): Statement => ({ kind: 'function', definition }))],
      decorators: [],
    },
  };
}

const self: Parameter = { name: 'this', fallback: null, type: null, takes: 'one', pattern: null };

/** `class Net extends Base`. */
function basesOf(node: SyntaxNode, lowering: Lowering): Expression[] {
  const heritage = namedChildren(node).find(({ type }) => type === 'class_heritage');
  const [base] = heritage ? namedChildren(heritage) : [];
  // TypeScript has a clause around it, and may have another one for interfaces.
  const named = base?.type === 'extends_clause' ? base.childForFieldName('value') : base;
  return named && base?.type !== 'implements_clause' ? [lowerJavaScriptExpression(named, lowering)] : [];
}

const everyArgument: Parameter = {
  name: '#given',
  fallback: null,
  type: null,
  takes: 'items',
  pattern: null,
};

/** What a class without a constructor has. */
function initializer(body: readonly Statement[]): FunctionDefinition {
  return { name: '__init__', parameters: [self, everyArgument], body, decorators: [] };
}

/** `super(...given)`. */
function passedOn(node: SyntaxNode, lowering: Lowering): Statement {
  const place = placeOf(node, lowering);
  const callee: Expression = {
    kind: 'call',
    callee: { kind: 'name', name: 'super' },
    text: 'super',
    arguments: [],
    place,
  };
  const given = {
    spread: 'items' as const,
    name: null,
    value: { kind: 'name' as const, name: everyArgument.name },
  };
  return {
    kind: 'expression',
    value: {
      kind: 'call',
      callee: { kind: 'attribute', object: callee, name: '__init__' },
      text: 'super',
      arguments: [given],
      place,
    },
  };
}

const modifiers = /^(?:(?:public|private|protected|readonly|override|async|declare)\s+)*static\s/;

function isStatic({ text }: SyntaxNode): boolean {
  return modifiers.test(text);
}

/** `static readonly width = 8` belongs to the class. */
function lowerConstant(node: SyntaxNode, lowering: Lowering): Statement[] {
  const [field] = lowerField(node, lowering);
  if (field?.kind !== 'assign') return [];
  const targets = field.targets.flatMap((target): Target[] =>
    target.kind === 'attribute' ? [{ kind: 'name', name: target.name }] : [],
  );
  return [{ ...field, targets }];
}

/** A field is given to every object when it is made. */
function lowerField(node: SyntaxNode, lowering: Lowering): Statement[] {
  const name = node.childForFieldName('name') ?? node.childForFieldName('property');
  const value = node.childForFieldName('value');
  if (name?.type !== 'property_identifier' || value === null) return [];
  return [ofThis(name.text, lowerJavaScriptExpression(value, lowering))];
}

function ofThis(name: string, value: Expression): Statement {
  return {
    kind: 'assign',
    targets: [{ kind: 'attribute', object: { kind: 'name', name: 'this' }, name }],
    value,
  };
}

/** Under the name and with the first parameter that the interpreter knows from Python. */
function lowerMethod(node: SyntaxNode, fields: readonly Statement[], lowering: Lowering): FunctionDefinition {
  const definition = lowerJavaScriptFunction(node, lowering);
  if (isStatic(node)) return { ...definition, decorators: ['staticmethod'] };
  const parameters = [self, ...definition.parameters];
  if (definition.name !== 'constructor') return { ...definition, parameters };
  // The constructor of the class that it inherits from comes before its fields.
  const [first, ...others] = definition.body;
  const inherited = isSuperCall(first) ? [first] : [];
  const own = inherited.length > 0 ? others : definition.body;
  const body = [...inherited, ...parameterProperties(node), ...fields, ...own];
  return { ...definition, name: '__init__', parameters, body };
}

function isSuperCall(statement: Statement | undefined): statement is Statement {
  return (
    statement?.kind === 'expression' && statement.value.kind === 'call' && statement.value.text === 'super'
  );
}

/** TypeScript's `constructor(private size = 3)` is `this.size = size`. */
function parameterProperties(method: SyntaxNode): Statement[] {
  const listed = method.childForFieldName('parameters');
  return (listed ? namedChildren(listed) : []).flatMap((parameter): Statement[] => {
    const property = /^(public|private|protected|readonly)\s/.test(parameter.text);
    const name = parameter.childForFieldName('pattern')?.text;
    if (!property || name === undefined) return [];
    return [ofThis(name, { kind: 'name', name })];
  });
}
