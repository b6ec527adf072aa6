import path from 'node:path';
import * as vscode from 'vscode';

/** A file that is being written fires many events; one look after the last of them is enough. */
const settleMs = 400;

/** Tells which of these files were changed, created or removed, also outside the workspace. */
export function watchFiles(
  files: readonly string[],
  onChange: (changed: ReadonlySet<string>) => void,
): vscode.Disposable {
  const watched = new Map(files.map((file) => [vscode.Uri.file(file).toString(), file]));
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    const settled = changed;
    changed = new Set();
    onChange(settled);
  };
  const note = (uri: vscode.Uri) => {
    const file = watched.get(uri.toString());
    if (file === undefined) return;
    changed.add(file);
    clearTimeout(timer);
    timer = setTimeout(flush, settleMs);
  };
  // One watcher a folder and a look at the name: file names may hold what globs give a meaning to.
  const folders = new Set(files.map((file) => path.dirname(file)));
  const watchers = [...folders].map((folder) => {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    return vscode.Disposable.from(
      watcher,
      watcher.onDidChange(note),
      watcher.onDidCreate(note),
      watcher.onDidDelete(note),
    );
  });
  return vscode.Disposable.from(...watchers, new vscode.Disposable(() => clearTimeout(timer)));
}
