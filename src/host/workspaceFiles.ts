import { open } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { notOnDisk } from '../core/errors';
import { HEAD_BYTES } from '../core/formats/tfjs/recognise';

/** What a search of the workspace may cost before the user is offered what there is so far. */
const mostFiles = 500;
const searchSeconds = 10;

/** Packages bring models and pictures of their own, by the hundred. */
export const notTheUsers = '**/{node_modules,.git,.venv,venv,site-packages,__pycache__}/**';

export interface FoundFiles {
  /** Absolute paths, those nearest to the top first. */
  readonly paths: readonly string[];
  /** False where the search stopped at its limit or its time. */
  readonly complete: boolean;
}

/** Patterns of the names that end in one of the extensions. */
export function namePatterns(extensions: readonly string[]): string[] {
  return extensions.flatMap((extension) => [`*.${extension}`, `*.${extension.toUpperCase()}`]);
}

/** The workspace's files whose names fit one of the patterns, `files.exclude` and installed packages left out. */
export async function findWorkspaceFiles(
  patterns: readonly string[],
  folder?: vscode.WorkspaceFolder,
): Promise<FoundFiles> {
  const glob = `**/{${patterns.join(',')}}`;
  const timeout = new vscode.CancellationTokenSource();
  const timer = setTimeout(() => timeout.cancel(), searchSeconds * 1000);
  try {
    const uris = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Searching the workspace…') },
      () =>
        vscode.workspace.findFiles(
          folder ? new vscode.RelativePattern(folder, glob) : glob,
          notTheUsers,
          mostFiles,
          timeout.token,
        ),
    );
    const paths = uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
    return {
      paths: [...new Set(paths)].sort(byDepthThenName),
      complete: uris.length < mostFiles && !timeout.token.isCancellationRequested,
    };
  } finally {
    clearTimeout(timer);
    timeout.dispose();
  }
}

function byDepthThenName(a: string, b: string): number {
  return a.split(path.sep).length - b.split(path.sep).length || a.localeCompare(b);
}

/** The path of a resource on this machine's disk; what lives elsewhere cannot be read by the engine. */
export function diskPath(uri: vscode.Uri): string {
  if (uri.scheme !== 'file') throw notOnDisk(uri.path, uri.scheme);
  return uri.fsPath;
}

export async function fileExists(file: string): Promise<boolean> {
  return (await fileSize(file)) !== undefined;
}

/** In bytes; `undefined` where there is no such file. */
export async function fileSize(file: string): Promise<number | undefined> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(vscode.Uri.file(file));
    return (type & vscode.FileType.File) === 0 ? undefined : size;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return undefined;
    throw error;
  }
}

/** The text that a file begins with, as far as formats are told apart by; empty where it cannot be read. */
export async function headOf(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read({ buffer: new Uint8Array(HEAD_BYTES) });
      return new TextDecoder().decode(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

/** The workspace folder that holds a file; of the only folder there is, also for files outside. */
export function folderOf(file: string | undefined): vscode.WorkspaceFolder | undefined {
  const holder = file === undefined ? undefined : vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  if (holder) return holder;
  const [only, ...others] = vscode.workspace.workspaceFolders ?? [];
  return others.length === 0 ? only : undefined;
}

/** The folder of a file as the user knows it: relative to the workspace where it lies in it. */
export function shownFolder(file: string): string {
  const folder = path.dirname(vscode.workspace.asRelativePath(file));
  return folder === '.' ? '' : folder;
}
