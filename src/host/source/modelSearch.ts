import * as vscode from 'vscode';
import type { Outcome, Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import type { ModelSummary } from '../../protocol/model';
import type { KeyValueStore } from '../modelMemory';
import type { Models } from '../models';
import type { ModelSearch } from './findModel';

/** Which model the user named for a file, by its URI. */
const key = 'modelsOfSources';

export interface SourceMemory {
  readonly recall: (source: vscode.Uri) => string | undefined;
  /** The files of a model. */
  readonly sourcesOf: (model: string) => readonly vscode.Uri[];
  readonly remember: (source: vscode.Uri, model: string) => Promise<void>;
}

export function sourceMemory(store: KeyValueStore): SourceMemory {
  const all = (): Readonly<Record<string, unknown>> => {
    const stored = store.get(key);
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  };
  return {
    recall: (source) => {
      const model = all()[source.toString()];
      return typeof model === 'string' ? model : undefined;
    },
    sourcesOf: (model) =>
      Object.entries(all()).flatMap(([source, named]) => (named === model ? [vscode.Uri.parse(source)] : [])),
    remember: async (source, model) => {
      await store.update(key, { ...all(), [source.toString()]: model });
    },
  };
}

interface Parts {
  readonly models: Models;
  readonly memory: SourceMemory;
  readonly engine: Peer<EngineContract>;
  /** A model was opened, or failed to open. */
  readonly opened: (opening: Outcome<ModelSummary>) => void;
  readonly log: vscode.LogOutputChannel;
}

/** Where the model of a file is looked for: among the models that may be opened in the workspace. */
export function modelSearch({ models, memory, engine, opened, log }: Parts) {
  return async (source: vscode.Uri): Promise<Omit<ModelSearch, 'reading'>> => {
    const path = source.scheme === 'file' ? source.fsPath : undefined;
    const { found, bundled } = await models.around(path);
    return {
      source: path,
      remembered: memory.recall(source),
      models: found,
      bundled,
      open: async (model) => {
        if (!models.mayOpen(model)) return undefined;
        const outcome = await engine.call('openModel', { model });
        opened(outcome);
        if (outcome.ok) return outcome.value;
        log.info(`Not matched with code: ${model}. ${outcome.failure.message}`);
        return undefined;
      },
    };
  };
}
