import path from 'node:path';
import * as vscode from 'vscode';
import type { LayerDefinition } from '../../core/source/definition';
import type { CodeIndex } from '../codeIndex';
import type { SourceMemory } from './modelSearch';

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

/** Shows the line that defines a layer, in a file that is open, that the model's sidecar names, or that the user finds. */
export function sourceRevealer({ index, memory, declaredSource }: Parts) {
  return async (model: string, layer: string): Promise<void> => {
    const known = definitionOf(index, model, layer);
    if (known) return show(known);
    const source = await declaredSource(model);
    const file = source === null ? await askForFile(model) : vscode.Uri.file(source);
    if (!file) return;
    const document = await vscode.workspace.openTextDocument(file);
    await memory.remember(file, model);
    index.searchAgain();
    await vscode.window.showTextDocument(document, { viewColumn: codeColumn() });
    const found = await waitForDefinition(index, model, layer);
    if (found) return show(found);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No line of {0} was found to define {1}.', path.basename(file.fsPath), layer),
    );
  };
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
  const editor = await vscode.window.showTextDocument(uri, {
    viewColumn: columnOf(uri) ?? codeColumn(),
    selection: new vscode.Range(whole.start, whole.start),
  });
  editor.revealRange(whole, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
  });
  editor.setDecorations(decoration, [whole]);
  setTimeout(() => decoration.dispose(), highlighted);
}

/** Where the file is shown already, so that no second editor opens. */
function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const shown = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  return shown?.viewColumn;
}

/** Code opens beside the panel, not over it. */
function codeColumn(): vscode.ViewColumn {
  return vscode.window.visibleTextEditors[0]?.viewColumn ?? vscode.ViewColumn.One;
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

async function waitForDefinition(index: CodeIndex, model: string, layer: string): Promise<Place | undefined> {
  const found = () => definitionOf(index, model, layer);
  if (found()) return found();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(found());
    };
    const timer = setTimeout(done, patience);
    const subscription = index.onDidChange(() => {
      if (found()) done();
    });
  });
}
