import * as vscode from 'vscode';
import { editLiteral, type PairSpelling } from '../../core/diagnose/editLiteral';
import type { LiteralEdit, LiteralFix } from '../../core/diagnose/literalFix';
import { silencing } from '../../core/diagnose/silencing';
import { formOf, readableSelector } from '../source/readableDocuments';
import { rangeOf, type PublishedProblem } from './diagnostics';

/** Offers what can be done about the problems of a document: another number in the code, or silence. */
export function registerProblemFixes(
  problemsOf: (document: vscode.TextDocument) => readonly PublishedProblem[],
): vscode.Disposable {
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: (document, range) =>
      problemsOf(document)
        .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined)
        .flatMap((published) => [
          ...literalAction(document, published),
          ...silenceLineAction(document, published),
          silenceKindAction(document, published),
        ]),
  };
  return vscode.languages.registerCodeActionsProvider(readableSelector, provider, kinds);
}

function literalAction(
  document: vscode.TextDocument,
  { problem: { fix }, diagnostic }: PublishedProblem,
): vscode.CodeAction[] {
  if (!fix) return [];
  const edit = new vscode.WorkspaceEdit();
  const change = replaceLiteral(document, fix, edit);
  const padding = fix.padding && replaceLiteral(document, fix.padding, edit);
  if (change === null || (fix.padding && !padding)) return [];
  const action = quickFix(fixTitle(fix, change, padding), diagnostic);
  action.edit = edit;
  return [action];
}

/** What stands there, and what does then; `null` where the language has no way to write it. */
function replaceLiteral(
  document: vscode.TextDocument,
  literal: LiteralEdit,
  edit: vscode.WorkspaceEdit,
): readonly [current: string, text: string] | null {
  const range = rangeOf(literal.range);
  const current = document.getText(range);
  const text = editLiteral(current, literal, pairSpelling(document));
  if (text === null) return null;
  edit.replace(document.uri, range, text);
  return [current, text];
}

function fixTitle(
  { maps }: LiteralFix,
  change: readonly [string, string],
  padding: readonly [string, string] | null,
): string {
  if (padding)
    return vscode.l10n.t('Change {0} to {1}, and the padding from {2} to {3}', ...change, ...padding);
  if (maps === 'larger') return vscode.l10n.t('Change {0} to {1}: feature maps get larger', ...change);
  if (maps === 'same') return vscode.l10n.t('Change {0} to {1}', ...change);
  return vscode.l10n.t(
    'Change {0} to {1}: the model has a padding of {2}',
    ...change,
    maps.padding.join('×'),
  );
}

function silenceLineAction(
  document: vscode.TextDocument,
  { problem: { code, definition }, diagnostic }: PublishedProblem,
): vscode.CodeAction[] {
  const { line } = definition.range.start;
  const comment = silencing(document.lineAt(line).text, code, isJavaScript(document) ? '//' : '#');
  if (!comment) return [];
  const action = quickFix(vscode.l10n.t('Silence {0} on this line', code), diagnostic);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.insert(document.uri, new vscode.Position(line, comment.character), comment.text);
  return [action];
}

function silenceKindAction(
  { uri }: vscode.TextDocument,
  { problem: { code }, diagnostic }: PublishedProblem,
): vscode.CodeAction {
  const title = vscode.l10n.t('Silence {0} in the settings', code);
  const action = quickFix(title, diagnostic);
  action.command = { title, command: 'switchback.silenceFinding', arguments: [code, uri] };
  return action;
}

function quickFix(title: string, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  return action;
}

function pairSpelling(document: vscode.TextDocument): PairSpelling {
  if (isJavaScript(document)) return 'array';
  return formOf(document) === 'python' ? 'tuple' : 'none';
}

function isJavaScript(document: vscode.TextDocument): boolean {
  const form = formOf(document);
  return form === 'javascript' || form === 'typescript';
}
