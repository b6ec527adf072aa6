import path from 'node:path';
import * as vscode from 'vscode';
import type { DataSetPanelName, DataSetSubject } from '../protocol/dataSetContract';
import type { PanelName, PanelSubject } from '../protocol/panelContract';

/** What the tab of a panel says. */
export function panelTitle(name: PanelName, { image }: PanelSubject): string {
  const picture = path.basename(image);
  switch (name) {
    case 'layers':
      return vscode.l10n.t('Layers: {0}', picture);
    case 'occlusion':
      return vscode.l10n.t('Occlusion: {0}', picture);
    case 'invariance':
      return vscode.l10n.t('Invariance: {0}', picture);
    case 'lesion':
      return vscode.l10n.t('Lesion: {0}', picture);
    case 'parts':
      return vscode.l10n.t('Parts: {0}', picture);
    case 'correspondence':
      return vscode.l10n.t('Correspondence: {0}', path.basename(path.dirname(image)));
  }
}

export function dataSetTitle(name: DataSetPanelName, { model, pictures, index }: DataSetSubject): string {
  switch (name) {
    case 'topActivations':
      return vscode.l10n.t('Top activations: {0}', path.basename(index ?? pictures));
    case 'evolution':
      return vscode.l10n.t('Checkpoints: {0}', path.basename(model));
    case 'features':
      return vscode.l10n.t('Features: {0}', path.basename(pictures));
  }
}
