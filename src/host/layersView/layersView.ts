import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { LayerSummary } from '../../protocol/model';
import { viewIds } from '../names';
import { shownFolder } from '../workspaceFiles';
import type { CurrentModel, ModelState, Shown } from './currentModel';
import { dimensions, faithfulnessIcon, kernel } from './layerTexts';

type Row =
  | { readonly kind: 'image'; readonly shown: Shown }
  | { readonly kind: 'model'; readonly state: Exclude<ModelState, { kind: 'none' }> }
  | LayerRow;

/** What a command gets that is called on a layer of the view. */
export interface LayerRow {
  readonly kind: 'layer';
  readonly model: string;
  readonly layer: LayerSummary;
  /** Maps without a positive activation in the image; `undefined` where it did not run. */
  readonly inactive: number | undefined;
}

export function isLayerRow(value: unknown): value is LayerRow {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'layer';
}

export interface LayersView extends vscode.Disposable {
  /** The layer whose row was clicked last; `undefined` where it is no longer there. */
  readonly selectedLayer: () => Promise<LayerRow | undefined>;
}

/** The tree in the side bar: the image, the model, and its layers in order. */
export function registerLayersView(current: CurrentModel): LayersView {
  const changed = new vscode.EventEmitter<void>();
  current.onDidChange(() => changed.fire());
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row) => spoken(treeItem(row)),
    getChildren: (row) => {
      if (row) return row.kind === 'model' ? layerRows(row.state) : [];
      void current.begin();
      const state = current.state();
      if (state.kind === 'none') return [];
      return [
        { kind: 'image', shown: state.shown },
        { kind: 'model', state },
      ];
    },
  };
  const view = vscode.window.createTreeView(viewIds.layers, { treeDataProvider: provider });
  const views = vscode.Disposable.from(changed, view);
  return { selectedLayer: () => selectedLayer(view), dispose: () => void views.dispose() };
}

/** How long a row may be missing that is drawn anew: VS Code forgets all rows, and asks for them again. */
const redrawing = { milliseconds: 25, tries: 40 } as const;

async function selectedLayer(view: vscode.TreeView<Row>): Promise<LayerRow | undefined> {
  for (let tries = 0; tries < redrawing.tries; tries++) {
    const row = view.selection.find(isLayerRow);
    if (row) return row;
    await delay(redrawing.milliseconds);
  }
  return undefined;
}

function layerRows(state: ModelState): LayerRow[] {
  if (state.kind !== 'open') return [];
  const inactive = new Map(state.recorded.map((layer) => [layer.label, layer.inactive]));
  return state.summary.layers.map((layer) => ({
    kind: 'layer',
    model: state.shown.model,
    layer,
    inactive: inactive.get(layer.label),
  }));
}

function treeItem(row: Row): vscode.TreeItem {
  switch (row.kind) {
    case 'image':
      return imageItem(row.shown);
    case 'model':
      return modelItem(row.state);
    case 'layer':
      return layerItem(row);
  }
}

/** Screen readers would read the tooltip instead of what is shown. */
function spoken(item: vscode.TreeItem): vscode.TreeItem {
  const label = [item.label, item.description].filter((text) => typeof text === 'string').join(', ');
  item.accessibilityInformation = { label };
  return item;
}

function imageItem({ image }: Shown): vscode.TreeItem {
  const item = new vscode.TreeItem(
    image === undefined ? vscode.l10n.t('No image yet') : path.basename(image),
  );
  item.iconPath = new vscode.ThemeIcon('file-media');
  item.description = image === undefined ? vscode.l10n.t('Choose an image') : shownFolder(image);
  item.tooltip = image ?? vscode.l10n.t('Choose the image that the layers are visualized for.');
  item.contextValue = 'image';
  item.command = {
    command: 'switchback.chooseImage',
    title: vscode.l10n.t('Choose an image'),
  };
  return item;
}

function modelItem(state: Exclude<ModelState, { kind: 'none' }>): vscode.TreeItem {
  const { model } = state.shown;
  const item = new vscode.TreeItem(path.basename(model), vscode.TreeItemCollapsibleState.None);
  // VS Code keeps a row closed that had nothing below it when it had the same id.
  item.id = `${state.kind} ${model}`;
  item.contextValue = 'model';
  item.tooltip = model;
  switch (state.kind) {
    case 'opening':
      item.iconPath = new vscode.ThemeIcon('loading~spin');
      item.description = vscode.l10n.t('Reading…');
      break;
    case 'failed': {
      const { kind, message, hint } = state.failure;
      const text = kind === 'user' ? `${message} ${hint}`.trim() : vscode.l10n.t('It could not be opened.');
      item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
      item.description = text;
      item.tooltip = `${model}\n${text}`;
      break;
    }
    case 'open': {
      const { summary } = state;
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
      item.iconPath = new vscode.ThemeIcon('layers');
      const input = dimensions(summary.inputShape);
      const { length } = summary.layers;
      item.description =
        length === 1
          ? vscode.l10n.t('1 layer · {0}', input)
          : vscode.l10n.t('{0} layers · {1}', length, input);
      item.tooltip = [model, summary.runtime, ...summary.warnings].join('\n');
    }
  }
  return item;
}

function layerItem(row: LayerRow): vscode.TreeItem {
  const { layer, inactive } = row;
  const item = new vscode.TreeItem(layer.label);
  const sleeping = inactive === undefined || inactive === 0 ? [] : [vscode.l10n.t('{0} inactive', inactive)];
  item.description = [dimensions(layer.shape), ...sleeping].join(' · ');
  item.iconPath = new vscode.ThemeIcon(faithfulnessIcon(layer.faithfulness.deconvnet.status));
  item.tooltip = layerTooltip(layer);
  item.contextValue = 'layer';
  // Without arguments: VS Code drops those of a row before it is drawn anew, and a click meanwhile fails.
  item.command = { command: 'switchback.showFiltersOfLayer', title: vscode.l10n.t('Show Filters') };
  return item;
}

/** Plain text: names in a model are not to be read as markup. */
function layerTooltip({ label, op, shape, receptiveField, parameters, faithfulness }: LayerSummary): string {
  const { status, nodes } = faithfulness.deconvnet;
  const path = {
    exact: vscode.l10n.t('The path to the pixels is exact.'),
    approximate: vscode.l10n.t('The path to the pixels is approximate.'),
    refused: vscode.l10n.t('The layer cannot be projected.'),
  }[status];
  return [
    `${label}: ${op}`,
    vscode.l10n.t('Feature maps: {0}', dimensions(shape)),
    vscode.l10n.t(
      'Receptive field: {0}, stride {1}',
      kernel(receptiveField.size),
      kernel(receptiveField.stride),
    ),
    vscode.l10n.t('Parameters: {0}', parameters.toLocaleString(vscode.env.language)),
    path,
    ...nodes.slice(0, 3).map(({ op: operator, node, reason }) => `${operator} "${node}": ${reason}`),
  ].join('\n');
}
