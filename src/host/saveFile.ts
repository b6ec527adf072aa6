import path from 'node:path';
import * as vscode from 'vscode';
import { notWritable } from '../core/errors';
import type { KeyValueStore } from './modelMemory';

const folderKey = 'saveFolder';

export interface Saving {
  /** The suggested file name. */
  readonly name: string;
  readonly content: Uint8Array;
  /** Where the dialog starts before anything was saved. */
  readonly folder: string;
  /** Remembers the folder that was used last. */
  readonly store: KeyValueStore;
}

/** Asks where to save a file, and saves it. The dialog asks before it replaces one. */
export async function saveFile({ name, content, folder, store }: Saving): Promise<{ path: string } | null> {
  const remembered = store.get(folderKey);
  const start = typeof remembered === 'string' && path.isAbsolute(remembered) ? remembered : folder;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save'),
    defaultUri: vscode.Uri.file(path.join(start, name)),
    filters: filterOf(path.extname(name).slice(1)),
  });
  if (!uri) return null;
  try {
    await vscode.workspace.fs.writeFile(uri, content);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) throw notWritable(uri.fsPath, error.code);
    throw error;
  }
  if (uri.scheme === 'file') await store.update(folderKey, path.dirname(uri.fsPath));
  return { path: uri.fsPath };
}

function filterOf(format: string): Record<string, string[]> {
  switch (format) {
    case 'png':
      return { [vscode.l10n.t('PNG images')]: [format] };
    case 'html':
      return { [vscode.l10n.t('Web pages')]: [format] };
    default:
      return { [format.toUpperCase()]: [format] };
  }
}
