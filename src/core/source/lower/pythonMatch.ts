import type { Expression, Statement } from '../program';
import { unknownExpression } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import { inField, placeOf, type Lowering } from './context';
import { lowerPythonExpression } from './pythonExpressions';

const comparable = ['string', 'integer', 'none', 'true', 'false'];

type LowerBody = (node: SyntaxNode | null, lowering: Lowering) => readonly Statement[];

/** A `match` as the tests it stands for: texts and numbers are compared, a bare `_` takes the rest, other patterns are not known. */
export function lowerPythonMatch(
  node: SyntaxNode,
  lowering: Lowering,
  lowerBody: LowerBody,
): readonly Statement[] {
  const subject = inField(node, 'subject', lowering, lowerPythonExpression);
  const block = node.childForFieldName('body');
  const clauses = (block ? namedChildren(block) : []).filter(({ type }) => type === 'case_clause');
  return clauses.reduceRight<readonly Statement[]>((otherwise, clause) => {
    const then = lowerBody(clause.childForFieldName('consequence'), lowering);
    return [{ kind: 'if', test: testOf(clause, subject, lowering), then, otherwise }];
  }, []);
}

function testOf(clause: SyntaxNode, subject: Expression, lowering: Lowering): Expression {
  const [pattern, ...others] = namedChildren(clause).filter(({ type }) => type === 'case_pattern');
  const guarded = clause.childForFieldName('guard') !== null;
  if (pattern === undefined || others.length > 0 || guarded) return unknownExpression;
  if (pattern.text === '_') return { kind: 'literal', value: true, place: placeOf(pattern, lowering) };
  const [only] = namedChildren(pattern);
  const alternatives = only?.type === 'union_pattern' ? namedChildren(only) : [only];
  // A minus is no part of the node of its number.
  const sound = !/-\s*\d/.test(pattern.text);
  return alternatives
    .map((each): Expression => {
      const right =
        each && comparable.includes(each.type) && sound ? lowerPythonExpression(each, lowering) : undefined;
      return right ? { kind: 'binary', operator: '==', left: subject, right } : unknownExpression;
    })
    .reduce((left, right) => ({ kind: 'binary', operator: 'or', left, right }));
}
