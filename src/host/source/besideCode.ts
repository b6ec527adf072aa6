import * as vscode from 'vscode';
import type { CodeIndex } from '../codeIndex';
import type { KeyValueStore } from '../modelMemory';
import { fileExists, notTheUsers } from '../workspaceFiles';
import { columnOf } from './codeColumns';
import type { SourceMemory } from './modelSearch';
import { showDocument } from './showDocument';
import { untilIndexed } from './untilIndexed';

/** The models whose code the user was asked for: once is enough. */
const key = 'askedForSources';

interface Parts {
  readonly index: CodeIndex;
  readonly memory: SourceMemory;
  readonly store: KeyValueStore;
  /** The file that a model's sidecar names. */
  readonly declaredSource: (model: string) => Promise<string | null>;
  readonly canOpen: (model: string) => Promise<boolean>;
  /** Asks for the file that defines a model, and shows it. */
  readonly find: (model: string) => Promise<unknown>;
  /** Path of the model that comes with the extension, which nobody's code defines. */
  readonly bundled: string;
  readonly log: vscode.LogOutputChannel;
}

/**
 * Where a panel about a model opens: beside the file that defines it, which is shown. Beside the active editor where no file is
 * known; then the user is asked for it, once for a model, in workspaces that hold code.
 */
export function besideCode(parts: Parts) {
  const { index, memory, store, declaredSource, canOpen, find, bundled, log } = parts;
  const known = async (model: string): Promise<vscode.Uri | undefined> =>
    openSource(index, model) ?? (await namedSource(model, memory, declaredSource));
  const offer = async (model: string) => {
    const asked = askedFor(store);
    if (model === bundled || asked.includes(model) || !(await workspaceHoldsCode())) return;
    // Code that is open already may be about to be read.
    await untilIndexed(index, index.isSettled);
    if (await known(model)) return;
    // What defines a model that cannot be opened may be open.
    if (!(await canOpen(model))) return;
    await store.update(key, [...asked, model]);
    await find(model);
  };
  return async (model: string): Promise<vscode.ViewColumn> => {
    const source = await known(model);
    if (!source) {
      void offer(model);
      return vscode.ViewColumn.Beside;
    }
    const column = await columnOfShown(source, log);
    return column === undefined ? vscode.ViewColumn.Beside : column + 1;
  };
}

/** `undefined` where the file cannot be shown: it may have gone meanwhile, or be no text. */
async function columnOfShown(
  source: vscode.Uri,
  log: vscode.LogOutputChannel,
): Promise<vscode.ViewColumn | undefined> {
  try {
    await showDocument(source, { preserveFocus: true });
  } catch (error) {
    log.warn(`${source.path} cannot be shown beside a panel.`, error);
    return undefined;
  }
  return columnOf(source);
}

/** An open document whose layers are those of the model; one in a tab rather than one that was closed a moment ago. */
function openSource(index: CodeIndex, model: string): vscode.Uri | undefined {
  const sources = index.all().flatMap((indexed) => (indexed.model?.path === model ? [indexed.uri] : []));
  return sources.find((uri) => columnOf(uri) !== undefined) ?? sources[0];
}

/** The file that the user or the model's sidecar named. */
async function namedSource(
  model: string,
  memory: SourceMemory,
  declaredSource: Parts['declaredSource'],
): Promise<vscode.Uri | undefined> {
  for (const source of memory.sourcesOf(model)) {
    if (source.scheme === 'file' && (await fileExists(source.fsPath))) return source;
  }
  const declared = await declaredSource(model);
  return declared === null ? undefined : vscode.Uri.file(declared);
}

function askedFor(store: KeyValueStore): readonly string[] {
  const stored = store.get(key);
  return Array.isArray(stored) ? stored.filter((model) => typeof model === 'string') : [];
}

async function workspaceHoldsCode(): Promise<boolean> {
  const found = await vscode.workspace.findFiles('**/*.{py,ipynb,js,ts,prototxt}', notTheUsers, 1);
  return found.length > 0;
}
