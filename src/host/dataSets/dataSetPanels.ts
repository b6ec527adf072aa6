import * as vscode from 'vscode';
import { sidecarPath } from '../../core/formats/sidecar';
import type { Failure } from '../../protocol/contract';
import type { DataSetPanelName, DataSetSubject } from '../../protocol/dataSetContract';
import { dataSetPanelNames, dataSetPanelTypes } from '../names';
import { dataSetTitle } from '../panelTitle';
import { watchFiles } from '../watchFiles';
import { isSameSubject, isSubject, type DataSetMemory } from './dataSetMemory';
import type { DataSetPanelOptions } from './dataSetCalls';
import { showDataSet, type DataSetPanel } from './dataSetPanel';

/** The open panels about data sets: one for each subject, revived after a reload, told when their model or the engine change. */
export interface DataSetPanels extends vscode.WebviewPanelSerializer, vscode.Disposable {
  readonly open: (name: DataSetPanelName, subject: DataSetSubject) => DataSetPanel;
  /** The same beside the code that defines the model, as it is for panels about pictures. */
  readonly openBesideCode: (name: DataSetPanelName, subject: DataSetSubject) => Promise<DataSetPanel>;
  /** Starts all over in every panel, for instance when the workspace became trusted. */
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
}

export interface DataSetPanelsOptions extends Omit<DataSetPanelOptions, 'name' | 'subject'> {
  readonly icon: vscode.Uri;
  readonly memory: DataSetMemory;
  /** Where a panel about a model opens that its code leads to. */
  readonly columnBesideCode: (model: string) => Promise<vscode.ViewColumn>;
  readonly log: vscode.LogOutputChannel;
}

export function dataSetPanels(options: DataSetPanelsOptions): DataSetPanels {
  const { icon, memory, columnBesideCode, log, engine } = options;
  const panels = new Set<DataSetPanel>();

  const add = (webviewPanel: vscode.WebviewPanel, name: DataSetPanelName, subject: DataSetSubject) => {
    webviewPanel.iconPath = icon;
    webviewPanel.title = dataSetTitle(name, subject);
    const panel = showDataSet(webviewPanel, { ...options, name, subject });
    panels.add(panel);
    void memory.remember(name, subject);
    const files = name === 'evolution' ? [] : [subject.model, sidecarPath(subject.model)];
    const watcher = watchFiles(files, () => {
      void engine.peer.call('forget', { model: subject.model }).then(panel.reload);
    });
    webviewPanel.onDidDispose(() => {
      watcher.dispose();
      panel.leave();
      panels.delete(panel);
    });
    return panel;
  };

  const showOpen = (name: DataSetPanelName, subject: DataSetSubject) => {
    const existing = [...panels].find(
      (panel) => panel.name === name && isSameSubject(panel.subject, subject),
    );
    existing?.reveal();
    return existing;
  };

  const openIn = (column: vscode.ViewColumn, name: DataSetPanelName, subject: DataSetSubject) => {
    const options = { enableFindWidget: true };
    const panel = vscode.window.createWebviewPanel(dataSetPanelTypes[name], '', column, options);
    return add(panel, name, subject);
  };

  return {
    open: (name, subject) =>
      showOpen(name, subject) ?? openIn(vscode.window.tabGroups.activeTabGroup.viewColumn, name, subject),
    openBesideCode: async (name, subject) => {
      const existing = showOpen(name, subject);
      if (existing) return existing;
      const column = await columnBesideCode(subject.model);
      // It may have been opened meanwhile, by a second click.
      return showOpen(name, subject) ?? openIn(column, name, subject);
    },
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const subject = (state as { readonly subject?: unknown } | null)?.subject;
      const name = dataSetPanelNames.find((known) => dataSetPanelTypes[known] === panel.viewType);
      const known =
        name && isSubject(subject) && memory.opened(name).some((one) => isSameSubject(one, subject));
      if (known) return void add(panel, name, subject);
      log.warn('A panel could not be restored: its state is not usable.');
      panel.dispose();
    },
    reload: () => panels.forEach((panel) => panel.reload()),
    engineDown: (failure) => panels.forEach((panel) => panel.engineDown(failure)),
    // The panels themselves stay: a reload of the window disposes of the extension, and revives them after it.
    dispose: () => {
      panels.forEach((panel) => panel.stop());
      options.scans.stop();
    },
  };
}
