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
  /** Opens the model's tab like that of any file. */
  readonly open: (model: string) => Promise<void>;
  /** Shows the filters of a layer in the model's tab; one that is not open yet opens where panels about the model do. */
  readonly openLayer: (model: string, layer: string) => Promise<void>;
  /** Starts all over in every tab, for instance when the workspace became trusted. */
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
}

export function registerModelEditors(
  options: Omit<ModelEditorOptions, 'model' | 'layer' | 'opened'> & {
    readonly columnFor: (model: string) => Promise<vscode.ViewColumn>;
  },
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
    open: (model) => openIn(vscode.ViewColumn.Active, model),
    openLayer: async (model, layer) => {
      const column = columnOfTab(model) ?? (await options.columnFor(model));
      wanted = { model, layer };
      for (const editor of editors) if (editor.model === model) editor.reveal(layer);
      // It may have been opened meanwhile, by a second click.
      await openIn(columnOfTab(model) ?? column, model);
      wanted = undefined;
    },
    reload: () => editors.forEach((editor) => editor.reload()),
    engineDown: (failure) => editors.forEach((editor) => editor.engineDown(failure)),
    dispose: () => void registration.dispose(),
  };
}

async function openIn(column: vscode.ViewColumn, model: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(model), modelEditor.type, column);
}

/** Where the model's tab is, in front or behind others. */
function columnOfTab(model: string): vscode.ViewColumn | undefined {
  const { path } = vscode.Uri.file(model);
  const isIt = ({ input }: vscode.Tab) =>
    input instanceof vscode.TabInputCustom && input.viewType === modelEditor.type && input.uri.path === path;
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isIt))?.viewColumn;
}
