import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { pinnedLayersType } from '../names';
import type { LayerCard } from './layerCard';
import { pinnedPage } from './pinnedPage';

/** More would be no comparison any more; the oldest make room. */
const mostPins = 30;

/** A tab of previews that stay as they were when they were pinned, until it is closed. */
export interface PinnedLayers extends vscode.Disposable {
  readonly pin: (card: LayerCard) => void;
}

export function pinnedLayers(): PinnedLayers {
  let panel: vscode.WebviewPanel | undefined;
  let cards: readonly LayerCard[] = [];
  const open = () => {
    const opened = vscode.window.createWebviewPanel(
      pinnedLayersType,
      vscode.l10n.t('Pinned Layers'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableCommandUris: ['switchback.showLayer'], localResourceRoots: [] },
    );
    opened.onDidDispose(() => {
      panel = undefined;
      cards = [];
    });
    return opened;
  };
  return {
    pin: (card) => {
      const others = cards.filter((other) => !isDeepStrictEqual(other, card));
      cards = [card, ...others].slice(0, mostPins);
      panel ??= open();
      panel.webview.html = pinnedPage(cards, { nonce: randomUUID(), language: vscode.env.language });
      panel.reveal(undefined, true);
    },
    dispose: () => void panel?.dispose(),
  };
}
