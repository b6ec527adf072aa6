import path from 'node:path';
import * as vscode from 'vscode';
import { startEngine } from './engine/client';
import { registerCommands } from './host/commands';
import { configurationReader } from './host/configuration';
import { registerDataSets, type DataSets } from './host/dataSets/registerDataSets';
import { scanQueue } from './host/dataSets/scanQueue';
import { configurableEngine, type ConfigurableEngine } from './host/engine';
import { panelCommands, panelActions } from './host/panelCommands';
import { observedBy } from './host/panelObservers';
import { Panels, type PanelsOptions } from './host/panels';
import { modelDownloads } from './host/modelDownloads';
import { modelMemory } from './host/modelMemory';
import { createModels, type Models } from './host/models';
import { registerLanguageTools } from './host/languageTools/registerTools';
import { registerModelViews } from './host/layersView/modelViews';
import { modelEditorActions } from './host/modelEditor/modelEditorActions';
import { registerModelEditors, type ModelEditors } from './host/modelEditor/modelEditors';
import { panelTypes, settingSection } from './host/names';
import { partsFiles } from './host/partsFiles';
import { resultMemory } from './host/resultMemory';
import { panelSettings } from './host/settings';
import { layerActivities } from './host/source/layerActivity';
import { linkCode, type CodeLink } from './host/source/linkCode';
import { subjectMemory } from './host/subjectMemory';
import type { Failure } from './protocol/contract';

/** For tests, which look at the engine process and end it. */
export interface TestSupport {
  readonly enginePid: () => number | undefined;
}

export function activate(context: vscode.ExtensionContext): TestSupport {
  const log = vscode.window.createOutputChannel('Switchback', { log: true });
  const composed = compose(context, log);
  const { engine, models, modelViews, dataSets, panels, code, modelEditors } = composed;
  const { current, selectedLayer } = modelViews;
  const showAgain = () => {
    panels.showAgain();
    modelEditors.reload();
    dataSets.panels.reload();
    void current.refresh();
  };
  const { extension } = context;
  context.subscriptions.push(
    log,
    engine,
    panels,
    code,
    modelEditors,
    dataSets,
    modelViews,
    registerLanguageTools({ models, engine }),
    registerCommands(
      { ...panelCommands({ ...composed, current, selectedLayer, extension, log }), ...dataSets.commands },
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

/** All parts, each with what it needs of the others; some reach back to what is made behind them. */
function compose(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
  const file = (...names: string[]) => vscode.Uri.joinPath(context.extensionUri, ...names);
  const settings = configurationReader(log);
  const store = context.workspaceState;
  const engine = engineOf({
    entry: file('dist', 'engine.js').fsPath,
    settings,
    log,
    onDown: (failure) => [panels, modelEditors, dataSets.panels].forEach((each) => each.engineDown(failure)),
  });
  const bundled = file('media', 'zfnet', 'zfnet.onnx').fsPath;
  const models = createModels({ bundled, memory: modelMemory(store, bundled), settings, log });
  const modelViews = registerModelViews(models, engine);
  const activity = layerActivities(engine.peer);
  const dataSets: DataSets = dataSetsOf(context, {
    models,
    engine,
    settings,
    panels: () => panels,
    codeIndex: () => code.index,
    log,
  });
  const panels: Panels = panelsOf(context, {
    models,
    engine,
    settings,
    observer: observedBy(() => [modelViews.observer, activity, code.observer]),
    revealSource: (model, layer) => code.revealSource(model, layer),
    besideCode: (model) => code.besideCode(model),
    panels: () => panels,
    log,
  });
  const code: CodeLink = linkCode({
    models,
    panels: () => panels,
    engine: engine.peer,
    activity,
    topIndexes: dataSets.indexes,
    store,
    grammars: file('node_modules', '@vscode', 'tree-sitter-wasm', 'wasm').fsPath,
    bundled,
    settings,
    log,
  });
  const labelsFile = file('media', 'labels', 'imagenet-classes.txt').fsPath;
  const downloadModel = modelDownloads({ models, settings, labelsFile, log });
  const modelEditors: ModelEditors = registerModelEditors({
    assets: file('dist', 'webview'),
    engine,
    assertMayOpen: models.assertMayOpen,
    columnFor: (model) => panels.columnFor(model),
    actions: modelEditorActions({ panels, engine, store, log }),
  });
  return { engine, models, modelViews, dataSets, panels, code, modelEditors, downloadModel };
}

interface EngineParts {
  readonly entry: string;
  readonly settings: ReturnType<typeof configurationReader>;
  readonly log: vscode.LogOutputChannel;
  readonly onDown: (failure: Failure) => void;
}

/** The engine as the settings want it. */
function engineOf({ entry, settings, log, onDown }: EngineParts): ConfigurableEngine {
  return configurableEngine(startEngine, () => ({
    entry,
    runtime: settings().runtime,
    provider: settings().executionProvider,
    threads: settings()['engine.threads'],
    hangSeconds: settings()['engine.hangSeconds'],
    log: (line) => log.info(line),
    onDown: (failure) => {
      log.error(failure.message);
      onDown(failure);
    },
  }));
}

/** A folder of the extension's own: the workspace's, where there is one. */
function storageOf({ storageUri, globalStorageUri }: vscode.ExtensionContext): string {
  return (storageUri ?? globalStorageUri).fsPath;
}

interface DataSetParts extends Pick<
  Parameters<typeof registerDataSets>[0],
  'models' | 'engine' | 'panels' | 'codeIndex' | 'log'
> {
  readonly settings: ReturnType<typeof configurationReader>;
}

function dataSetsOf(context: vscode.ExtensionContext, { settings, ...parts }: DataSetParts): DataSets {
  const queue = scanQueue({
    address: () => settings()['queue.address'],
    secrets: context.secrets,
    isTrusted: () => vscode.workspace.isTrusted,
  });
  const storage = storageOf(context);
  return registerDataSets({
    ...parts,
    queue,
    storage,
    store: context.workspaceState,
    results: resultMemory(path.join(storage, 'results')),
    assets: vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview'),
    icon: vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.png'),
  });
}

interface PanelParts {
  readonly models: Models;
  readonly engine: ConfigurableEngine;
  readonly settings: ReturnType<typeof configurationReader>;
  readonly observer: PanelsOptions['observer'];
  readonly revealSource: CodeLink['revealSource'];
  readonly besideCode: CodeLink['besideCode'];
  /** Late: the panels' buttons need the panels. */
  readonly panels: () => Panels;
  readonly log: vscode.LogOutputChannel;
}

function panelsOf(context: vscode.ExtensionContext, parts: PanelParts): Panels {
  const { models, engine, settings, observer, besideCode, log } = parts;
  const { extensionUri, workspaceState: store } = context;
  return new Panels({
    assets: vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
    icon: vscode.Uri.joinPath(extensionUri, 'media', 'icon.png'),
    subjects: subjectMemory(store),
    engine,
    settings: () => panelSettings(settings()),
    results: resultMemory(path.join(storageOf(context), 'results')),
    parts: partsFiles(),
    observer,
    besideCode,
    mayOpen: models.mayOpen,
    assertMayOpen: models.assertMayOpen,
    actions: panelActions({ ...parts, store }),
    log,
  });
}
