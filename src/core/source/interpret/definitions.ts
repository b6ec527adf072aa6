import { everything, type Expression, type Statement } from '../program';

/** Whether carrying a statement out gives names to new values and does nothing else. */
export function isDefinition(statement: Statement): boolean {
  switch (statement.kind) {
    case 'import':
      return statement.name !== everything;
    case 'function':
      return true;
    case 'class':
      return statement.definition.bases.every(isInert) && statement.definition.body.every(isDefinition);
    case 'assign':
      return (
        statement.targets.every(({ kind }) => kind === 'name') &&
        (statement.value === null || isInert(statement.value))
      );
    case 'expression':
      return isInert(statement.value);
    case 'block':
      return statement.body.every(isDefinition);
    default:
      return false;
  }
}

/** Whether finding the value of an expression can change nothing: nothing is called in it. */
function isInert(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
    case 'name':
    case 'function':
      return true;
    case 'attribute':
      return isInert(expression.object);
    case 'unary':
      return isInert(expression.operand);
    case 'binary':
      return isInert(expression.left) && isInert(expression.right);
    case 'list':
      return expression.items.every(({ value }) => isInert(value));
    case 'dictionary':
      return expression.entries.every(({ key, value }) => (key === null || isInert(key)) && isInert(value));
    default:
      return false;
  }
}

/** The names that a definition gives. */
export function boundNames(statement: Statement): string[] {
  switch (statement.kind) {
    case 'import':
      return [statement.name];
    case 'function':
    case 'class':
      return [statement.definition.name];
    case 'assign':
      return statement.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
    case 'block':
      return statement.body.flatMap(boundNames);
    default:
      return [];
  }
}

/** Whether a definition makes a list or a dictionary, also as a member of a class: functions that read it may change it, too. */
export function holdsContainer(statement: Statement): boolean {
  switch (statement.kind) {
    case 'class':
      return statement.definition.body.some(holdsContainer);
    case 'assign':
      return statement.value?.kind === 'list' || statement.value?.kind === 'dictionary';
    case 'block':
      return statement.body.some(holdsContainer);
    default:
      return false;
  }
}
