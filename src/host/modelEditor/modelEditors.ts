import * as vscode from 'vscode';
import { sidecarPath } from '../../core/formats/sidecar';
import type { Failure, Outcome } from '../../protocol/contract';
import type { ModelSummary } from '../../protocol/model';
import { furtherFilesOf } from '../furtherFiles';
import { modelEditor } from '../names';
import { watchMoreFiles } from '../watchFiles';
import { diskPath } from '../workspaceFiles';
import { showModel, type ModelEditor, type ModelEditorOptions } from './modelEditor';

/** The open tabs of model files, and how to open one. */
export interface ModelEditors extends vscode.Disposable {
  /** Opens the model's tab, at one of its layers. */
  readonly open: (model: string, layer?: string) => Promise<void>;
  /** Starts all over in every tab, for instance when the workspace became trusted. */
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
}

export function registerModelEditors(
  options: Omit<ModelEditorOptions, 'model' | 'layer' | 'opened'>,
): ModelEditors {
  const editors = new Set<ModelEditor>();
  /** The layer that a tab is to begin with which is being opened. */
  let wanted: { readonly model: string; readonly layer: string } | undefined;

  const resolve = (panel: vscode.WebviewPanel, model: string) => {
    const layer = wanted?.model === model ? wanted.layer : null;
    const watcher = watchMoreFiles(() => {
      void options.engine.peer.call('forget', { model }).then(editor.reload);
    });
    watcher.add([model, sidecarPath(model)]);
    const opened = (opening: Outcome<ModelSummary>) => watcher.add(furtherFilesOf(opening));
    const editor = showModel(panel, { ...options, model, layer, opened });
    editors.add(editor);
    panel.onDidDispose(() => {
      watcher.dispose();
      editors.delete(editor);
    });
  };

  const provider: vscode.CustomReadonlyEditorProvider = {
    // The engine reads the file, so it has to be on this machine's disk.
    openCustomDocument: (uri) => {
      diskPath(uri);
      return { uri, dispose: () => undefined };
    },
    resolveCustomEditor: ({ uri }, panel) => resolve(panel, diskPath(uri)),
  };
  const registration = vscode.window.registerCustomEditorProvider(modelEditor.type, provider, {
    supportsMultipleEditorsPerDocument: true,
  });

  return {
    open: async (model, layer) => {
      if (layer !== undefined) {
        wanted = { model, layer };
        for (const editor of editors) if (editor.model === model) editor.reveal(layer);
      }
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(model), modelEditor.type);
      wanted = undefined;
    },
    reload: () => editors.forEach((editor) => editor.reload()),
    engineDown: (failure) => editors.forEach((editor) => editor.engineDown(failure)),
    dispose: () => void registration.dispose(),
  };
}
