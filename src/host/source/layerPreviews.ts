import * as vscode from 'vscode';
import type { LayerPreview, ModelSummary } from '../../protocol/model';
import type { Peer } from '../../protocol/contract';
import type { EngineContract } from '../../protocol/engineContract';
import { previewBytes } from '../../protocol/previews';

/** Pictures and figures of layers' filters, by the version of the weights. */
export interface LayerPreviews extends vscode.Disposable {
  /** What is there now. */
  readonly get: (model: ModelSummary, layer: string) => LayerPreview | undefined;
  /** `undefined` where the engine cannot say. */
  readonly load: (model: ModelSummary, layer: string) => Promise<LayerPreview | undefined>;
  /** Gets layers ready one after another; what was asked for before and has not begun is dropped. */
  readonly prepare: (model: ModelSummary, layers: readonly string[]) => Promise<void>;
  /** Previews arrived. */
  readonly onDidLoad: vscode.Event<void>;
}

const mostKept = 500;

export function layerPreviews(
  engine: Peer<EngineContract>,
  assertMayOpen: (model: string) => void,
): LayerPreviews {
  const kept = new Map<string, Promise<LayerPreview | undefined>>();
  const arrived = new Map<string, LayerPreview>();
  const loaded = new vscode.EventEmitter<void>();
  let turn = 0;

  const load = (model: ModelSummary, layer: string) => {
    const key = keyOf(model, layer);
    const known = kept.get(key);
    if (known) return known;
    const loading = ask(model, layer).then((preview) => {
      if (preview) arrived.set(key, preview);
      else kept.delete(key);
      return preview;
    });
    kept.set(key, loading);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) {
      kept.delete(oldest);
      arrived.delete(oldest);
    }
    return loading;
  };
  const ask = async ({ path }: ModelSummary, layer: string) => {
    assertMayOpen(path);
    const outcome = await engine.call('previewLayer', { model: path, layer, bytes: previewBytes });
    return outcome.ok ? outcome.value : undefined;
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
    onDidLoad: loaded.event,
    dispose: () => loaded.dispose(),
  };
}

function keyOf({ hash, path }: ModelSummary, layer: string): string {
  return [hash, path, layer].join('\0');
}
