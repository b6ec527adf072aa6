import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DataSetSubject } from '../../protocol/dataSetContract';
import type { TopSubject } from '../../protocol/topActivations';
import type { DataSetMemory } from './dataSetMemory';

/** Indexes of top activations: those that this editor made are files in a folder of the extension's own. */
export interface TopIndexes extends vscode.Disposable {
  readonly subjectOf: (shown: DataSetSubject) => TopSubject;
  /** Makes the folder of indexes. */
  readonly prepare: () => Promise<void>;
  /** An index came, grew or went. */
  readonly changed: () => void;
  readonly onDidChange: vscode.Event<void>;
  /** What a model was scanned on last, where its index is still there. */
  readonly latest: (model: string) => DataSetSubject | undefined;
}

export function createTopIndexes(folder: string, memory: DataSetMemory): TopIndexes {
  const subjectOf = ({ model, pictures, index }: DataSetSubject): TopSubject => {
    if (index !== undefined) return { model, folder: pictures, index };
    const name = createHash('sha256')
      .update(JSON.stringify([model, pictures]))
      .digest('hex');
    return { model, folder: pictures, index: path.join(folder, `${name}.sqlite`) };
  };
  const emitter = new vscode.EventEmitter<void>();
  return {
    subjectOf,
    changed: () => emitter.fire(),
    onDidChange: emitter.event,
    dispose: () => emitter.dispose(),
    prepare: async () => {
      await mkdir(folder, { recursive: true });
    },
    latest: (model) =>
      memory
        .opened('topActivations')
        .find((shown) => shown.model === model && existsSync(subjectOf(shown).index)),
  };
}
