import * as vscode from 'vscode';
import type { CallOptions } from '../../protocol/contract';
import { packArrays } from '../packArrays';

interface Shown<P> {
  readonly title: string;
  readonly describe: (progress: P) => string;
}

/** Makes a call that goes on in the background and shows in the status bar how far it is. What it says is packed for a view. */
export async function inStatusBar<P, R>(
  { title, describe }: Shown<P>,
  options: CallOptions<P>,
  call: (options: CallOptions<P>) => Promise<R>,
): Promise<R> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, (bar) =>
    call({
      ...options,
      onProgress: (progress) => {
        bar.report({ message: describe(progress) });
        options.onProgress?.(packArrays(progress));
      },
    }),
  );
}
