import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { Transport } from '../protocol/contract';
import { panelHtml } from './panelHtml';
import { viewSessions } from './viewSessions';

export interface LoadedView {
  /** Folder of the bundled views. */
  readonly assets: vscode.Uri;
  /** `webview/<name>`. */
  readonly name: string;
  /** A page says `ready`: a session with it starts. */
  readonly start: (transport: Transport) => void;
  /** The page went away with its session. */
  readonly end: () => void;
}

/** Loads one of the views into a webview that may be hidden, shown and moved until it is closed. */
export function loadView(panel: vscode.WebviewPanel, { assets, name, start, end }: LoadedView): void {
  const { webview } = panel;
  webview.options = { enableScripts: true, localResourceRoots: [assets] };
  const sessions = viewSessions(
    {
      send: (message) => post(webview, message),
      onMessage: (listener) => void webview.onDidReceiveMessage(listener),
    },
    start,
  );
  const endSession = (reason: string) => {
    end();
    sessions.end(reason);
  };
  panel.onDidChangeViewState(() => {
    if (!panel.visible) endSession('The panel was hidden.');
  });
  panel.onDidDispose(() => endSession('The panel was closed.'));
  const asset = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(assets, file)).toString();
  webview.html = panelHtml({
    title: panel.title,
    language: vscode.env.language,
    cspSource: webview.cspSource,
    nonce: randomUUID(),
    script: asset(`${name}.js`),
    stylesheet: asset(`${name}.css`),
  });
}

/** The answer to a call of the view that starts something outside of it. */
export async function answered(action: Promise<void> | void): Promise<null> {
  await action;
  return null;
}

/** A page that goes away while a message is under way is no error: its session ends with it. */
async function post(webview: vscode.Webview, message: unknown): Promise<void> {
  try {
    await webview.postMessage(message);
  } catch {
    return;
  }
}
