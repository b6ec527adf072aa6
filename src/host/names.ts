import type { DataSetPanelName } from '../protocol/dataSetContract';
import type { PanelName } from '../protocol/panelContract';

/** Every identifier the manifest and the code share; test/unit/manifest.test.ts compares them both ways. */

export const commandIds = [
  'switchback.visualizeLayers',
  'switchback.occlusionSweep',
  'switchback.featureInvariance',
  'switchback.lesion',
  'switchback.annotateParts',
  'switchback.correspondence',
  'switchback.findTopActivations',
  'switchback.compareCheckpoints',
  'switchback.openTopIndex',
  'switchback.rateFeatures',
  'switchback.showTopActivations',
  'switchback.setQueuePassword',
  'switchback.showLayer',
  'switchback.pinLayer',
  'switchback.chooseModel',
  'switchback.downloadModel',
  'switchback.chooseImage',
  'switchback.showFilters',
  'switchback.showFiltersOfLayer',
  'switchback.createSidecar',
  'switchback.restartEngine',
  'switchback.showLog',
  'switchback.openWalkthrough',
  'switchback.explainProjections',
  'switchback.explainFindings',
  'switchback.silenceFinding',
] as const;

export type CommandId = (typeof commandIds)[number];

export const settingSection = 'switchback';

/** What VS Code calls each kind of panel, also after a reload. A panel's view is `webview/<name>`. */
export const panelTypes: Readonly<Record<PanelName, string>> = {
  layers: 'switchback.layers',
  occlusion: 'switchback.occlusion',
  invariance: 'switchback.invariance',
  lesion: 'switchback.lesion',
  parts: 'switchback.parts',
  correspondence: 'switchback.correspondence',
};

export const panelNames = Object.keys(panelTypes) as readonly PanelName[];

/** The same for panels about data sets. */
export const dataSetPanelTypes: Readonly<Record<DataSetPanelName, string>> = {
  topActivations: 'switchback.topActivations',
  evolution: 'switchback.evolution',
  features: 'switchback.features',
};

export const dataSetPanelNames = Object.keys(dataSetPanelTypes) as readonly DataSetPanelName[];

/** The container in the activity bar, and the views in it. */
export const viewIds = { container: 'switchback', layers: 'switchback.layersView' } as const;

/** The read-only editor of model files. Its page is `webview/${modelEditor.view}`. */
export const modelEditor = { type: 'switchback.modelEditor', view: 'model' } as const;

/** The tab of pinned previews, which ends with its window. */
export const pinnedLayersType = 'switchback.pinnedLayers';

/** What language models may call. */
export const languageToolNames = [
  'switchback_listLayers',
  'switchback_projectUnit',
  'switchback_describeMap',
  'switchback_occlusion',
] as const;

export type LanguageToolName = (typeof languageToolNames)[number];

export const walkthroughId = 'switchback.start';

/** What the menus offer an image for. The engine looks at the bytes, not at the name. */
export { imageExtensions } from '../core/imaging/imageExtensions';

/** What the menus and pickers offer as a model, beside `tfjsModelName`. Settings and the command line take any name. */
export const modelExtensions = ['onnx'] as const;

/** What TensorFlow.js calls every model that it writes. */
export const tfjsModelName = 'model.json';

/** What other frameworks write. It is offered, too: who opens it reads which command exports it. */
export const foreignModelExtensions = ['h5', 'hdf5', 'keras', 'pt', 'pth', 'tflite'] as const;

/** What the menus offer as an index of top activations. Any other name can be chosen in the dialog. */
export const indexExtensions = ['index', 'sqlite', 'sqlite3', 'db'] as const;

/** Whether a path or URI path is called like something that shows what is in it, or how to export it. */
export function isModelFileName(path: string): boolean {
  return isModelName(path) || hasExtension(path, foreignModelExtensions);
}

/** Whether a path or URI path is called like a model. */
export function isModelName(path: string): boolean {
  return hasExtension(path, modelExtensions) || path.split(/[/\\]/).at(-1)?.toLowerCase() === tfjsModelName;
}

/** Whether a path or URI path ends in one of the extensions, in any case. */
export function hasExtension(path: string, extensions: readonly string[]): boolean {
  const dot = path.lastIndexOf('.');
  return dot >= 0 && extensions.includes(path.slice(dot + 1).toLowerCase());
}
