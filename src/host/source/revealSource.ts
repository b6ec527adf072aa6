import path from 'node:path';
import * as vscode from 'vscode';
import type { LayerDefinition } from '../../core/source/definition';
import type { CodeIndex } from '../codeIndex';
import type { SourceMemory } from './modelSearch';
import { showDocument } from './showDocument';
import { untilIndexed } from './untilIndexed';

/** How long a line stays highlighted, in milliseconds. */
const highlighted = 1500;

/** A file that was just opened is read, and its model found, within this time, in milliseconds. */
const patience = 20_000;

interface Parts {
  readonly index: CodeIndex & { readonly searchAgain: () => void };
  readonly memory: SourceMemory;
  /** The file that a model's sidecar names. */
  readonly declaredSource: (model: string) => Promise<string | null>;
}

export interface SourceRevealer {
  /** Shows the line that defines a layer, in a file that is open, that the model's sidecar names, or that the user finds. */
  readonly reveal: (model: string, layer: string) => Promise<void>;
  /** Asks for the file that defines a model, remembers and shows it; `undefined` where the user names none. */
  readonly find: (model: string) => Promise<vscode.Uri | undefined>;
}

export function sourceRevealer({ index, memory, declaredSource }: Parts): SourceRevealer {
  const open = async (file: vscode.Uri, model: string) => {
    await memory.remember(file, model);
    await openDocument(file);
    index.searchAgain();
    await showDocument(file);
  };
  const find = async (model: string) => {
    const file = await askForFile(model);
    if (file) await open(file, model);
    return file;
  };
  const reveal = async (model: string, layer: string) => {
    const known = definitionOf(index, model, layer);
    if (known) return show(known);
    const source = await declaredSource(model);
    if (source !== null) await open(vscode.Uri.file(source), model);
    const file = source === null ? await find(model) : vscode.Uri.file(source);
    if (!file) return;
    await untilIndexed(index, () => definitionOf(index, model, layer) !== undefined, patience);
    const found = definitionOf(index, model, layer);
    if (found) return show(found);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No line of {0} was found to define {1}.', path.basename(file.fsPath), layer),
    );
  };
  return { reveal, find };
}

/** Loads a file, or a notebook with its cells. */
async function openDocument(file: vscode.Uri): Promise<void> {
  if (file.path.endsWith('.ipynb')) await vscode.workspace.openNotebookDocument(file);
  else await vscode.workspace.openTextDocument(file);
}

interface Place {
  readonly uri: vscode.Uri;
  readonly definition: LayerDefinition;
}

function definitionOf(index: CodeIndex, model: string, layer: string): Place | undefined {
  for (const { uri, model: own, match } of index.all()) {
    const found = own?.path === model && match?.layers.find((each) => each.layer === layer);
    if (found) return { uri, definition: found.definition };
  }
  return undefined;
}

async function show({ uri, definition: { range } }: Place): Promise<void> {
  const whole = new vscode.Range(
    range.start.line,
    range.start.character,
    range.end.line,
    range.end.character,
  );
  const editor = await showDocument(uri, { at: whole });
  if (!editor) return;
  editor.revealRange(whole, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
  });
  editor.setDecorations(decoration, [whole]);
  setTimeout(() => decoration.dispose(), highlighted);
}

async function askForFile(model: string): Promise<vscode.Uri | undefined> {
  const find = vscode.l10n.t('Find File…');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('No file that is open defines {0}.', path.basename(model)),
    find,
  );
  if (answer !== find) return undefined;
  const [file] =
    (await vscode.window.showOpenDialog({
      defaultUri: vscode.Uri.file(path.dirname(model)),
      filters: { [vscode.l10n.t('Code')]: ['py', 'ipynb', 'js', 'ts', 'prototxt'] },
    })) ?? [];
  return file;
}
