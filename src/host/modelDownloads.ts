import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { parseBaseAddress } from '../download/address';
import type { DownloadProgress } from '../download/downloadFile';
import type { ModelDownload } from '../download/downloadModel';
import { downloadModel, modelFile } from '../download/downloadModel';
import { downloadsAlready, isConnectionFailure } from '../download/errors';
import { formatBytes } from './formatBytes';
import { formatDuration } from './formatDuration';
import type { ReadConfiguration } from './configuration';
import type { Models } from './models';
import type { TransferState } from './transferMeter';
import { transferMeter } from './transferMeter';
import { askForFolder, askForZooModel } from './zooPicker';

export interface ModelDownloadsOptions {
  readonly models: Models;
  readonly settings: ReadConfiguration;
  /** A text file with ImageNet's classes, one a line. */
  readonly labelsFile: string;
  readonly log: vscode.LogOutputChannel;
}

/** Asks which model to download and where to save it, does, and offers to look into it. */
export function modelDownloads(options: ModelDownloadsOptions): () => Promise<void> {
  const { models, settings, labelsFile, log } = options;
  const running = new Set<string>();
  return async () => {
    const base = parseBaseAddress(settings()['download.baseUrl']);
    const model = await askForZooModel(base.host);
    if (!model) return;
    const folder = await askForFolder(model);
    if (folder === undefined) return;
    const file = modelFile(model, folder);
    if (running.has(file)) throw downloadsAlready(path.basename(file));
    running.add(file);
    try {
      const labels = (await readFile(labelsFile, 'utf8')).trimEnd().split(/\r?\n/);
      if (!(await untilDone({ model, base, folder, labels }, log))) return;
    } finally {
      running.delete(file);
    }
    await offer(file, models);
  };
}

async function offer(model: string, models: Models): Promise<void> {
  const visualize = vscode.l10n.t('Visualize an Image');
  const message = vscode.l10n.t('{0} and its sidecar are in {1}.', path.basename(model), path.dirname(model));
  if ((await vscode.window.showInformationMessage(message, visualize)) !== visualize) return;
  await models.choose(model);
  await vscode.commands.executeCommand('switchback.visualizeLayers');
}

type Wanted = Omit<ModelDownload, 'signal' | 'onProgress'>;

/** Downloads, again after each broken connection if the user wants to. False where the user does not, or cancels. */
async function untilDone(wanted: Wanted, log: vscode.LogOutputChannel): Promise<boolean> {
  log.info(`Download of ${wanted.model.path} from ${wanted.base.host} to ${wanted.folder}`);
  for (;;) {
    try {
      return await withNotification(wanted);
    } catch (error) {
      if (!isConnectionFailure(error)) throw error;
      log.warn(error.message);
      const tryAgain = vscode.l10n.t('Try Again');
      const answer = await vscode.window.showErrorMessage(`${error.message} ${error.hint}`, tryAgain);
      if (answer !== tryAgain) return false;
    }
  }
}

/** One attempt. False where the user cancels it. */
async function withNotification(wanted: Wanted): Promise<boolean> {
  const { name, bytes } = wanted.model;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Downloading {0}', name),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const user = new AbortController();
    token.onCancellationRequested(() => user.abort());
    const meter = transferMeter(bytes, () => performance.now());
    let shown = 0;
    const onProgress = ({ step, bytes: there }: DownloadProgress) => {
      if (step === 'check') return progress.report({ message: vscode.l10n.t('checking what has arrived') });
      const state = meter(there);
      if (!state) return;
      progress.report({ message: describe(there, bytes, state), increment: state.percent - shown });
      shown = state.percent;
    };
    try {
      await downloadModel({ ...wanted, signal: user.signal, onProgress });
      return true;
    } catch (error) {
      if (user.signal.aborted) return false;
      throw error;
    }
  });
}

function describe(there: number, total: number, { bytesPerSecond, secondsLeft }: TransferState): string {
  const amounts = [formatBytes(there), formatBytes(total)] as const;
  if (bytesPerSecond === null || secondsLeft === null) return vscode.l10n.t('{0} of {1}', ...amounts);
  const pace = [formatBytes(bytesPerSecond), formatDuration(secondsLeft)] as const;
  return vscode.l10n.t('{0} of {1}, {2} a second, {3} left', ...amounts, ...pace);
}
