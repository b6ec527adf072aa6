import * as vscode from 'vscode';
import type { FindingCode } from '../../core/diagnose/finding';
import type { Problem } from '../../core/diagnose/placeFindings';
import { isComment, isSilenced } from '../../core/diagnose/silencing';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { CodeIndex, IndexedDocument } from '../codeIndex';
import type { ReadConfiguration } from '../configuration';
import { settingSection } from '../names';
import type { PanelObserver } from '../panel';
import { collectProblems } from './collectProblems';
import { findingDiagnostic, problemDiagnostic, type PublishedProblem } from './diagnostics';
import { modelFindings } from './modelFindings';
import { registerProblemFixes } from './problemFixes';
import { shownModels } from './shownModels';

export interface Problems extends vscode.Disposable {
  /** Makes the problems follow the panels. */
  readonly observer: Omit<PanelObserver, 'projected'>;
}

interface Parts {
  readonly index: CodeIndex;
  readonly engine: Peer<EngineContract>;
  readonly assertMayOpen: (model: string) => void;
  /** Nobody can change the model that comes with the extension: it has problems only where code defines it. */
  readonly bundled: string;
  readonly settings: ReadConfiguration;
  readonly log: vscode.LogOutputChannel;
}

/** What happens at once, an image that ran in several panels for instance, is published once, in milliseconds. */
const pause = 100;

/** Publishes what is found about models in the Problems panel: at the lines that define their layers, else at their files. */
export function registerProblems({ index, engine, assertMayOpen, bundled, settings, log }: Parts): Problems {
  const collection = vscode.languages.createDiagnosticCollection('switchback');
  const published = new Map<string, readonly PublishedProblem[]>();
  let timer: NodeJS.Timeout | undefined;
  const publishSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(publish, pause);
  };
  const shown = shownModels(publishSoon);
  const findings = modelFindings({ engine, assertMayOpen, loaded: publishSoon, log });

  const isShown = (uri: vscode.Uri) => {
    const { 'diagnostics.enabled': enabled, 'diagnostics.silenced': silenced } = settings(uri);
    return (code: FindingCode) => enabled && !silenced.includes(code);
  };
  const problemsIn = (document: vscode.TextDocument, problems: readonly Problem[]) => {
    const wanted = isShown(document.uri);
    return problems
      .filter((problem) => wanted(problem.code) && !isSilenced(problem.code, linesOf(document, problem)))
      .map((problem) => ({ problem, diagnostic: problemDiagnostic(document, problem) }));
  };

  function publish(): void {
    const { documents, models } = collectProblems(
      index.all(),
      shown.all(),
      (model) => findings.get(model) ?? [],
    );
    const current = new Map<string, readonly vscode.Diagnostic[]>();
    for (const { document: indexed, problems } of documents) {
      const key = indexed.uri.toString();
      const document = documentOf(indexed);
      // While it is being typed in, what is there stays: VS Code moves it along until the text is read again.
      if (document) published.set(key, problemsIn(document, problems));
      current.set(
        key,
        (published.get(key) ?? []).map(({ diagnostic }) => diagnostic),
      );
    }
    for (const [model, found] of models) {
      const uri = vscode.Uri.file(model);
      const wanted = isShown(uri);
      const left = model === bundled ? [] : found.filter(({ code }) => wanted(code));
      current.set(uri.toString(), left.map(findingDiagnostic));
    }
    for (const key of published.keys()) if (!current.has(key)) published.delete(key);
    collection.forEach((uri) => {
      if (!current.has(uri.toString())) collection.delete(uri);
    });
    for (const [key, diagnostics] of current) collection.set(vscode.Uri.parse(key), diagnostics);
  }

  const subscriptions = vscode.Disposable.from(
    collection,
    new vscode.Disposable(() => clearTimeout(timer)),
    index.onDidChange(publishSoon),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(settingSection)) publishSoon();
    }),
    registerProblemFixes((document) => published.get(document.uri.toString()) ?? []),
  );
  return { observer: shown, dispose: () => void subscriptions.dispose() };
}

/** `undefined` where the document changed since it was read. */
function documentOf({ uri, version }: IndexedDocument): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find(
    (document) => document.uri.toString() === key && document.version === version,
  );
}

/** The lines whose comments are about a problem: those of the definition, and a comment of its own above. */
function linesOf(document: vscode.TextDocument, { definition: { range } }: Problem): string[] {
  const lines: string[] = [];
  for (let line = range.start.line; line <= range.end.line; line++) lines.push(document.lineAt(line).text);
  const above = range.start.line > 0 ? document.lineAt(range.start.line - 1).text : '';
  return isComment(above) ? [above, ...lines] : lines;
}
