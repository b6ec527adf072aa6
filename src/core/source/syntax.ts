/**
 * A node of a concrete syntax tree, as tree-sitter makes it. Parsers live outside the core: they are native to their environment
 * and are handed in as a tree. Rows and columns count from 0, columns in UTF-16 units.
 */
export interface SyntaxNode {
  readonly type: string;
  readonly text: string;
  /** Whether something in it could not be understood: then its tree also depends on the text around it. */
  readonly hasError: boolean;
  readonly startPosition: SyntaxPoint;
  readonly endPosition: SyntaxPoint;
  /** In order; `null` entries do not occur, but the parser's types allow them. */
  readonly namedChildren: readonly (SyntaxNode | null)[];
  childForFieldName(name: string): SyntaxNode | null;
  childrenForFieldName(name: string): readonly (SyntaxNode | null)[];
}

export interface SyntaxPoint {
  readonly row: number;
  readonly column: number;
}

export function namedChildren(node: SyntaxNode): readonly SyntaxNode[] {
  return node.namedChildren.filter(
    (child): child is SyntaxNode => child !== null && child.type !== 'comment',
  );
}
