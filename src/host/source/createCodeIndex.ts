import * as vscode from 'vscode';
import type { SourceReading } from '../../core/source/definition';
import type { SourceMatch } from '../../core/source/match';
import { matchSource } from '../../core/source/matchSource';
import type { ModelSummary } from '../../protocol/model';
import type { CodeIndex, IndexedDocument } from '../codeIndex';
import { documentReader, type DocumentReader } from './documentReader';
import { findModel, type MatchedModel, type ModelSearch } from './findModel';
import type { Grammar, Parse } from './grammars';
import { unitOf, type SourceUnit } from './readableDocuments';

export interface CodeIndexOptions {
  readonly grammars: (grammar: Grammar) => Promise<Parse>;
  /** Where the model of a file is looked for. */
  readonly search: (source: vscode.Uri) => Promise<Omit<ModelSearch, 'reading'>>;
  readonly log: vscode.LogOutputChannel;
}

/** The index, and what tells it that models came, went or were named. */
export interface LiveCodeIndex extends CodeIndex {
  /** Looks for the models of all files again. */
  readonly searchAgain: () => void;
}

/** Typing pauses this long before code is read, in milliseconds. */
const pause = 250;

/** What is known of one unit. */
interface Entry {
  unit: SourceUnit;
  /** What was read last, of each document with its version then. */
  readings: ReadonlyMap<vscode.TextDocument, { readonly reading: SourceReading; readonly version: number }>;
  /** `undefined` before the search has ended; `null` where it found none. */
  model: ModelSummary | null | undefined;
  match: SourceMatch | null;
  timer: NodeJS.Timeout | undefined;
  /** Counts searches: the answer to an older one is late. */
  searches: number;
}

export function createCodeIndex({ grammars, search, log }: CodeIndexOptions): LiveCodeIndex {
  const reader = documentReader(grammars);
  const entries = new Map<string, Entry>();
  const changed = new vscode.EventEmitter<vscode.Uri>();

  const attend = (document: vscode.TextDocument, after: number) => {
    const unit = unitOf(document);
    if (!unit) return;
    const key = unit.uri.toString();
    const entry = entries.get(key) ?? emptyEntry(unit);
    entries.set(key, entry);
    entry.unit = unit;
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void logged(read(entry), log), after);
  };
  const tell = ({ unit }: Entry) => unit.documents.forEach(({ uri }) => changed.fire(uri));

  async function read(entry: Entry): Promise<void> {
    if (await readAnew(entry, reader)) tell(entry);
    if (entry.model === undefined && hasLayers(entry)) await find(entry);
  }

  async function find(entry: Entry): Promise<void> {
    const turn = ++entry.searches;
    const found = await findModel({ ...(await search(entry.unit.uri)), reading: unionOf(entry) });
    if (turn !== entry.searches) return;
    entry.model = found?.model ?? null;
    entry.match = found ? matchSource(unionOf(entry), found.model.layers) : null;
    log.info(`${entry.unit.uri.path}: ${describe(found)}`);
    tell(entry);
  }

  const forget = (document: vscode.TextDocument) => {
    reader.forget(document);
    const entry = entryOf(document);
    if (!entry) return;
    entry.unit = without(entry.unit, document);
    if (entry.unit.documents.length === 0) {
      clearTimeout(entry.timer);
      entries.delete(entry.unit.uri.toString());
    }
    changed.fire(document.uri);
  };
  const entryOf = (document: vscode.TextDocument) =>
    [...entries.values()].find(({ unit }) => unit.documents.includes(document));
  const subscriptions = watchDocuments({
    opened: (document) => attend(document, 0),
    changed: (change) => {
      reader.edit(change);
      if (change.contentChanges.length > 0) attend(change.document, pause);
    },
    saved: (document) => {
      const entry = entryOf(document);
      if (entry?.model === null) void logged(find(entry), log);
    },
    closed: forget,
  });

  const get = (document: vscode.TextDocument) => {
    const entry = entryOf(document);
    return entry && indexed(entry, document);
  };

  return {
    get,
    getCurrent: async (document) => {
      const entry = entryOf(document);
      if (entry && (await readAnew(entry, reader))) tell(entry);
      return get(document);
    },
    all: () => [...entries.values()].flatMap(allIndexed),
    isSettled: () => [...entries.values()].every(isSettled),
    onDidChange: changed.event,
    searchAgain: () => {
      for (const entry of entries.values()) if (hasLayers(entry)) void logged(find(entry), log);
    },
    dispose: () => {
      for (const { timer } of entries.values()) clearTimeout(timer);
      entries.clear();
      subscriptions.dispose();
      changed.dispose();
    },
  };
}

function readingsOf(
  { documents }: SourceUnit,
  readings: readonly SourceReading[],
  versions: readonly number[],
): Entry['readings'] {
  return new Map(
    documents.map((document, i) => [document, { reading: readings[i]!, version: versions[i]! }]),
  );
}

function without({ uri, documents }: SourceUnit, document: vscode.TextDocument): SourceUnit {
  return { uri, documents: documents.filter((other) => other !== document) };
}

/** For the log. */
function describe(found: MatchedModel | undefined): string {
  return found ? `${found.model.path}. ${found.match.explanation}` : 'no model';
}

interface DocumentEvents {
  /** Also told of the documents that are open already. */
  readonly opened: (document: vscode.TextDocument) => void;
  readonly changed: (change: vscode.TextDocumentChangeEvent) => void;
  readonly saved: (document: vscode.TextDocument) => void;
  readonly closed: (document: vscode.TextDocument) => void;
}

function watchDocuments({ opened, changed, saved, closed }: DocumentEvents): vscode.Disposable {
  vscode.workspace.textDocuments.forEach(opened);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(opened),
    vscode.workspace.onDidChangeTextDocument(changed),
    vscode.workspace.onDidSaveTextDocument(saved),
    vscode.workspace.onDidCloseTextDocument(closed),
  );
}

function emptyEntry(unit: SourceUnit): Entry {
  return {
    unit,
    readings: new Map(),
    model: undefined,
    match: null,
    timer: undefined,
    searches: 0,
  };
}

/** What is known of one document: of a cell, its own definitions, and the layers that they define. */
function indexed(entry: Entry, document: vscode.TextDocument): IndexedDocument | undefined {
  const { reading, version } = entry.readings.get(document) ?? {};
  if (reading === undefined || version === undefined || reading.definitions.length === 0) return undefined;
  const { match } = entry;
  const model = entry.model ?? null;
  const own = new Set(reading.definitions);
  return {
    uri: document.uri,
    version,
    reading,
    model: match && model,
    match: match && {
      ...match,
      layers: match.layers.filter(({ definition }) => own.has(definition)),
      unmatchedDefinitions: match.unmatchedDefinitions.filter((definition) => own.has(definition)),
    },
  };
}

function allIndexed(entry: Entry): IndexedDocument[] {
  return entry.unit.documents.flatMap((document) => indexed(entry, document) ?? []);
}

function unionOf(entry: Entry): SourceReading {
  const readings = [...entry.readings.values()].map(({ reading }) => reading);
  return {
    models: readings[0]?.models ?? [],
    definitions: readings.flatMap(({ definitions }) => definitions),
  };
}

/** Reads what has changed since the last reading. Whether the entry knows more than before. */
async function readAnew(entry: Entry, reader: DocumentReader): Promise<boolean> {
  if (isCurrent(entry)) return false;
  const { unit } = entry;
  const versions = unit.documents.map(({ version }) => version);
  const readings = await reader.read(unit);
  if (entry.unit !== unit) return false;
  entry.readings = readingsOf(unit, readings, versions);
  if (entry.model) entry.match = matchSource(unionOf(entry), entry.model.layers);
  return true;
}

/** Whether what was read last is what the documents say now. */
function isCurrent({ unit, readings }: Entry): boolean {
  const read = [...readings];
  return (
    read.length === unit.documents.length &&
    read.every(([document, { version }], i) => document === unit.documents[i] && document.version === version)
  );
}

function isSettled(entry: Entry): boolean {
  const { unit, readings, model } = entry;
  return readings.size === unit.documents.length && (model !== undefined || !hasLayers(entry));
}

function hasLayers({ readings }: Entry): boolean {
  return [...readings.values()].some(({ reading }) => reading.definitions.length > 0);
}

async function logged(work: Promise<void>, log: vscode.LogOutputChannel): Promise<void> {
  await work.catch((error: unknown) => log.error(error instanceof Error ? error : String(error)));
}
