import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { notWritable } from '../core/errors';
import { sidecarPath } from '../core/formats/sidecar';
import { sidecarText } from '../core/formats/sidecarText';
import { valueOf } from '../protocol/failure';
import type { Engine } from './engine';
import { fileExists } from './workspaceFiles';

/**
 * Writes what was guessed about a model's preprocessing into its sidecar and opens it for correction. A
 * sidecar that exists is only opened.
 */
export async function createSidecar(model: string, engine: Engine): Promise<void> {
  const file = sidecarPath(model);
  const written = !(await fileExists(file)) && (await writeGuess(file, model, engine));
  await vscode.window.showTextDocument(vscode.Uri.file(file), { viewColumn: vscode.ViewColumn.One });
  if (!written) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('{0} exists already and was left as it is.', path.basename(file)),
    );
  }
}

async function writeGuess(file: string, model: string, engine: Engine): Promise<boolean> {
  const { preprocessing } = valueOf(await engine.peer.call('openModel', { model }));
  return writeNew(file, sidecarText(preprocessing));
}

/** False where the file appeared in the meantime. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return false;
    throw notWritable(file, String(error.code));
  }
}
