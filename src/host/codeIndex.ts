import type * as vscode from 'vscode';
import type { SourceReading } from '../core/source/definition';
import type { SourceMatch } from '../core/source/match';
import type { ModelSummary } from '../protocol/model';

/** What is known about the code of one document. */
export interface IndexedDocument {
  readonly uri: vscode.Uri;
  /** Of the document when it was read; ranges are those of that version. */
  readonly version: number;
  readonly reading: SourceReading;
  /** The loaded model that the document defines; `null` while it is not known, not trusted or not there. */
  readonly model: ModelSummary | null;
  /** `null` exactly where `model` is. */
  readonly match: SourceMatch | null;
}

/**
 * The layer definitions of all open documents and the layers of the model they belong to. Documents are read a moment
 * after they were opened or changed, step by step and only once for a version; models are opened by the engine,
 * and never in Restricted Mode where they are the workspace's.
 */
export interface CodeIndex extends vscode.Disposable {
  /** What is known now; `undefined` for a document that defines no layers or was not read yet. */
  readonly get: (document: vscode.TextDocument) => IndexedDocument | undefined;
  /** The same, once what was typed last has been read: VS Code asks for hovers before a pause in typing. */
  readonly getCurrent: (document: vscode.TextDocument) => Promise<IndexedDocument | undefined>;
  /** All that is known now, in no order. */
  readonly all: () => readonly IndexedDocument[];
  /** Whether every open document was read, and its model looked for. */
  readonly isSettled: () => boolean;
  /** What was known about a document changed, or the document was closed. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
}
