import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/model';

/** What the engine says of layers, kept for code that shows it later. */
export interface PreparedLayers<T> extends vscode.Disposable {
  /** What is there now. */
  readonly get: (model: ModelSummary, layer: string) => T | undefined;
  /** `undefined` where the engine cannot say. */
  readonly load: (model: ModelSummary, layer: string) => Promise<T | undefined>;
  /** Gets layers ready one after another; what was asked for before and has not begun is dropped. */
  readonly prepare: (model: ModelSummary, layers: readonly string[]) => Promise<void>;
  /** Forgets everything. */
  readonly forget: () => void;
  /** Something arrived. */
  readonly onDidLoad: vscode.Event<void>;
}

const mostKept = 500;

/** Keeps what `ask` answers, by the version of the weights. */
export function preparedLayers<T>(
  ask: (model: ModelSummary, layer: string) => Promise<T | undefined>,
): PreparedLayers<T> {
  const kept = new Map<string, Promise<T | undefined>>();
  const arrived = new Map<string, T>();
  const loaded = new vscode.EventEmitter<void>();
  let turn = 0;

  const load = (model: ModelSummary, layer: string) => {
    const key = keyOf(model, layer);
    const known = kept.get(key);
    if (known) return known;
    const loading: Promise<T | undefined> = ask(model, layer).then((answer) => {
      if (kept.get(key) !== loading) return answer;
      if (answer) arrived.set(key, answer);
      else kept.delete(key);
      return answer;
    });
    kept.set(key, loading);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) {
      kept.delete(oldest);
      arrived.delete(oldest);
    }
    return loading;
  };

  return {
    get: (model, layer) => arrived.get(keyOf(model, layer)),
    load,
    prepare: async (model, layers) => {
      const mine = ++turn;
      const missing = layers.filter((layer) => !arrived.has(keyOf(model, layer)));
      for (const layer of missing) {
        if (mine !== turn) return;
        await load(model, layer);
      }
      if (missing.length > 0) loaded.fire();
    },
    forget: () => {
      kept.clear();
      arrived.clear();
    },
    onDidLoad: loaded.event,
    dispose: () => loaded.dispose(),
  };
}

function keyOf({ hash, path }: ModelSummary, layer: string): string {
  return [hash, path, layer].join('\0');
}
