import * as vscode from 'vscode';
import type { Finding, FindingCode } from '../../core/diagnose/finding';
import type { Problem } from '../../core/diagnose/placeFindings';
import type { SourceRange } from '../../core/source/definition';

/** A problem as the Problems panel has it. */
export interface PublishedProblem {
  readonly problem: Problem;
  readonly diagnostic: vscode.Diagnostic;
}

const severities = {
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

const source = 'Switchback';

/** What problems of ours say where the pointer is: VS Code shows them there, above what hovers say. */
export function shownProblems({ uri }: vscode.TextDocument, position: vscode.Position): string[] {
  if (!vscode.workspace.getConfiguration('problems', uri).get('visibility', true)) return [];
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ range }) => range.contains(position) && !range.end.isEqual(position))
    .flatMap((diagnostic) => (diagnostic.source === source ? diagnostic.message : []));
}

export function problemDiagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const range = rangeOf(problem.range);
  const underlined = range.isSingleLine
    ? range
    : new vscode.Range(range.start, document.lineAt(range.start.line).range.end);
  return diagnostic(underlined, problem);
}

/** About a model's file, which has no lines. */
export function findingDiagnostic(finding: Finding): vscode.Diagnostic {
  return diagnostic(new vscode.Range(0, 0, 0, 0), finding);
}

export function rangeOf({ start, end }: SourceRange): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function diagnostic(
  range: vscode.Range,
  { code, severity, message, why }: Pick<Finding, 'code' | 'severity' | 'message' | 'why'>,
): vscode.Diagnostic {
  const made = new vscode.Diagnostic(range, `${message}\n${why}`, severities[severity]);
  made.source = source;
  made.code = { value: code, target: explanationOf(code) };
  return made;
}

/** Opens the page that explains findings, at this kind. */
function explanationOf(code: FindingCode): vscode.Uri {
  const query = JSON.stringify([code]);
  return vscode.Uri.from({ scheme: 'command', path: 'switchback.explainFindings', query });
}
