import path from 'node:path';
import * as vscode from 'vscode';
import { afterLast } from './afterLast';

/** A file that is being written fires many events; one look after the last of them is enough. */
const settleMs = 400;

/** Tells which of these files were changed, created or removed, also outside the workspace. */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: ReadonlySet<string>) => void,
): vscode.Disposable {
  const watched = new Map(files.map((file) => [vscode.Uri.file(file).toString(), file]));
  let changed = new Set<string>();
  const flush = afterLast(settleMs, () => {
    const settled = changed;
    changed = new Set();
    onChange(settled);
  });
  const note = (uri: vscode.Uri) => {
    const file = watched.get(uri.toString());
    if (file === undefined) return;
    changed.add(file);
    flush.soon();
  };
  // One watcher a folder and a look at the name: file names may hold what globs give a meaning to.
  const folders = new Set(files.map((file) => path.dirname(file)));
  const watchers = [...folders].map((folder) => {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    return vscode.Disposable.from(watcher, tellAll(watcher, note));
  });
  return vscode.Disposable.from(...watchers, flush);
}

/** Tells when models of the workspace, or their sidecars, were changed, created or removed. */
export function watchModels(onChange: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/{*.onnx,model.json,*.switchback.json}');
  const flush = afterLast(settleMs, onChange);
  return vscode.Disposable.from(watcher, tellAll(watcher, flush.soon), flush);
}

/** Watches files of which more become known; what was once one of them stays watched, because it may come back. */
export function watchMoreFiles(onChange: () => void): vscode.Disposable & {
  readonly add: (files: readonly string[]) => void;
} {
  const watched = new Set<string>();
  let watcher: vscode.Disposable | undefined;
  return {
    add: (files) => {
      if (files.every((file) => watched.has(file))) return;
      for (const file of files) watched.add(file);
      watcher?.dispose();
      watcher = watchFiles([...watched], onChange);
    },
    dispose: () => void watcher?.dispose(),
  };
}

function tellAll(watcher: vscode.FileSystemWatcher, listener: (uri: vscode.Uri) => void): vscode.Disposable {
  return vscode.Disposable.from(
    watcher.onDidChange(listener),
    watcher.onDidCreate(listener),
    watcher.onDidDelete(listener),
  );
}
