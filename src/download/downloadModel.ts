import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sidecarPath } from '../core/formats/sidecar';
import { sidecarText } from '../core/formats/sidecarText';
import { fileAddress } from './address';
import { downloadFile, type Download } from './downloadFile';
import type { ZooModel } from './modelZoo';
import { unwritable } from './partFile';

export interface ModelDownload extends Pick<Download, 'signal' | 'onProgress'> {
  readonly model: ZooModel;
  /** What the zoo's files are below. */
  readonly base: URL;
  readonly folder: string;
  /** The classes in order. */
  readonly labels: readonly string[];
}

/** Where a model of the zoo is saved in a folder. */
export function modelFile(model: ZooModel, folder: string): string {
  return path.join(folder, path.posix.basename(model.path));
}

/** Downloads a model and writes its sidecar; one that is there already may have been edited, and stays. */
export async function downloadModel({ model, base, folder, labels, ...rest }: ModelDownload): Promise<void> {
  const { bytes, sha256, preprocess } = model;
  const file = modelFile(model, folder);
  await downloadFile({ address: fileAddress(base, model.path), file, bytes, sha256, ...rest });
  const sidecar = sidecarPath(file);
  try {
    await writeFile(sidecar, sidecarText(preprocess, labels), { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw unwritable(sidecar, error);
  }
}
