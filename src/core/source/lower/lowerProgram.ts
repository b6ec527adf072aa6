import type { LoweredChunk, Program } from '../program';
import type { SyntaxNode } from '../syntax';
import { namedChildren } from '../syntax';
import type { LowerStatement } from './context';
import { lowerJavaScriptStatement } from './javaScriptStatements';
import { lowerPythonStatement } from './pythonStatements';

const lowerings: Readonly<Record<Program['language'], LowerStatement>> = {
  python: lowerPythonStatement,
  javascript: lowerJavaScriptStatement,
};

/**
 * Lowers a text, statement by statement. Sound statements that stood in the text before, wherever, are taken from `before`: after a
 * key press only the class or function that was edited is walked.
 */
export function lowerProgram(root: SyntaxNode, language: Program['language'], before?: Program): Program {
  const known = new Map<string, LoweredChunk[]>();
  for (const lowered of before?.language === language ? before.chunks : []) {
    const same = known.get(lowered.chunk.text);
    if (same) same.push(lowered);
    else known.set(lowered.chunk.text, [lowered]);
  }
  const chunks = namedChildren(root).map((node): LoweredChunk => {
    const { row, column } = node.startPosition;
    // Columns count from the start of the line: text that moved sideways is other text.
    const text = `${node.hasError ? 'broken ' : ''}${node.type} ${column} ${node.text}`;
    const reused = node.hasError ? undefined : known.get(text)?.shift();
    if (reused) return { ...reused, line: row };
    const chunk = { text };
    const names = new Set<string>();
    const statement = lowerings[language];
    const statements = statement(node, { chunk, row, names, statement, depth: 0 });
    return { chunk, line: row, statements, names };
  });
  return { language, chunks };
}
