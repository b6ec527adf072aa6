import * as vscode from 'vscode';
import type { CodeIndex } from '../codeIndex';
import { layersAt } from './layersAt';

/** A cursor that passes by moves nothing, in milliseconds. */
const rest = 150;

/** Scrolls the panel of a model to the layer whose definition the cursor is in. */
export function followCursor(
  index: CodeIndex,
  reveal: (model: string, layer: string) => void,
): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const follow = ({ document, selection }: vscode.TextEditor) => {
    const indexed = index.get(document);
    const defined = indexed && layersAt(indexed, selection.active);
    const [layer] = defined?.layers ?? [];
    if (defined && layer) reveal(defined.model.path, layer.label);
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
      clearTimeout(timer);
      // Without a kind it is typing or a program, the panel's own link among them.
      if (kind === undefined || kind === vscode.TextEditorSelectionChangeKind.Command) return;
      timer = setTimeout(() => follow(textEditor), rest);
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}
