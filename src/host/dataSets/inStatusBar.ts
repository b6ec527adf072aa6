import * as vscode from 'vscode';

/** Shows in the status bar how far something is that goes on in the background. */
export async function inStatusBar<P, R>(
  title: string,
  describe: (progress: P) => string,
  run: (report: (progress: P) => void) => Promise<R>,
): Promise<R> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, (progress) =>
    run((value) => progress.report({ message: describe(value) })),
  );
}
