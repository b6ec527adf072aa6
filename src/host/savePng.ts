import path from 'node:path';
import * as vscode from 'vscode';
import { notWritable } from '../core/errors';
import type { KeyValueStore } from './modelMemory';

const folderKey = 'saveFolder';

export interface Saving {
  /** The suggested file name. */
  readonly name: string;
  readonly png: Uint8Array;
  /** Where the dialog starts before anything was saved. */
  readonly folder: string;
  /** Remembers the folder that was used last. */
  readonly store: KeyValueStore;
}

/** Asks where to save a picture, and saves it. The dialog asks before it replaces a file. */
export async function savePng({ name, png, folder, store }: Saving): Promise<{ path: string } | null> {
  const remembered = store.get(folderKey);
  const start = typeof remembered === 'string' && path.isAbsolute(remembered) ? remembered : folder;
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save picture'),
    defaultUri: vscode.Uri.file(path.join(start, name)),
    filters: { [vscode.l10n.t('PNG images')]: ['png'] },
  });
  if (!uri) return null;
  try {
    await vscode.workspace.fs.writeFile(uri, png);
  } catch (error) {
    if (error instanceof vscode.FileSystemError) throw notWritable(uri.fsPath, error.code);
    throw error;
  }
  if (uri.scheme === 'file') await store.update(folderKey, path.dirname(uri.fsPath));
  return { path: uri.fsPath };
}
