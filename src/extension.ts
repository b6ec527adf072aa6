import * as vscode from 'vscode';
import { startEngine } from './engine/client';
import { registerCommands } from './host/commands';
import { configurationReader } from './host/configuration';
import { configurableEngine } from './host/engine';
import { panelCommands, panelActions } from './host/panelCommands';
import { Panels } from './host/panels';
import { modelDownloads } from './host/modelDownloads';
import { modelMemory } from './host/modelMemory';
import { createModels } from './host/models';
import { registerLanguageTools } from './host/languageTools/registerTools';
import { registerModelViews } from './host/layersView/modelViews';
import { modelEditorActions } from './host/modelEditor/modelEditorActions';
import { registerModelEditors, type ModelEditors } from './host/modelEditor/modelEditors';
import { panelTypes, settingSection } from './host/names';
import { resultMemory } from './host/resultMemory';
import { panelSettings } from './host/settings';
import { subjectMemory } from './host/subjectMemory';

/** For tests, which look at the engine process and end it. */
export interface TestSupport {
  readonly enginePid: () => number | undefined;
}

export function activate(context: vscode.ExtensionContext): TestSupport {
  const file = (...names: string[]) => vscode.Uri.joinPath(context.extensionUri, ...names);
  const log = vscode.window.createOutputChannel('Switchback', { log: true });
  const settings = configurationReader(log);
  const store = context.workspaceState;
  const engine = configurableEngine(startEngine, () => ({
    entry: file('dist', 'engine.js').fsPath,
    runtime: settings().runtime,
    provider: settings().executionProvider,
    threads: settings()['engine.threads'],
    hangSeconds: settings()['engine.hangSeconds'],
    log: (line) => log.info(line),
    onDown: (failure) => {
      log.error(failure.message);
      panels.engineDown(failure);
      modelEditors.engineDown(failure);
    },
  }));
  const bundled = file('media', 'zfnet', 'zfnet.onnx').fsPath;
  const models = createModels({
    bundled,
    memory: modelMemory(store, bundled),
    settings,
    log,
  });
  const modelViews = registerModelViews(models, engine);
  const { current } = modelViews;
  const panels: Panels = new Panels({
    assets: file('dist', 'webview'),
    icon: file('media', 'icon.png'),
    subjects: subjectMemory(store),
    engine,
    settings: () => panelSettings(settings()),
    results: resultMemory(
      vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'results').fsPath,
    ),
    observer: modelViews.observer,
    assertMayOpen: models.assertMayOpen,
    actions: panelActions({ models, panels: () => panels, engine, log, store }),
    log,
  });
  const labelsFile = file('media', 'labels', 'imagenet-classes.txt').fsPath;
  const downloadModel = modelDownloads({ models, settings, labelsFile, log });
  const modelEditors: ModelEditors = registerModelEditors({
    assets: file('dist', 'webview'),
    engine,
    assertMayOpen: models.assertMayOpen,
    actions: modelEditorActions({ panels, engine, store, log }),
  });
  const showAgain = () => {
    panels.showAgain();
    modelEditors.reload();
    void current.refresh();
  };
  const { extension } = context;
  context.subscriptions.push(
    log,
    engine,
    panels,
    modelEditors,
    modelViews,
    registerLanguageTools({ models, engine }),
    registerCommands(
      panelCommands({ models, panels, engine, current, modelEditors, downloadModel, extension, log }),
      log,
    ),
    ...Object.values(panelTypes).map((type) => vscode.window.registerWebviewPanelSerializer(type, panels)),
    vscode.workspace.onDidGrantWorkspaceTrust(showAgain),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(settingSection)) return;
      panels.updateSettings();
      if (engine.reconfigure()) showAgain();
      else if (change.affectsConfiguration('switchback.model')) void current.refresh();
    }),
  );
  return { enginePid: engine.pid };
}
