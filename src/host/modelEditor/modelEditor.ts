import type * as vscode from 'vscode';
import type { Failure, Handlers, Outcome, Peer } from '../../protocol/contract';
import { valueOf } from '../../protocol/failure';
import type { ModelSummary } from '../../protocol/model';
import type { ModelEditorHostContract, ModelEditorViewContract } from '../../protocol/modelEditorContract';
import { connect } from '../../protocol/pump';
import { checkedText, malformed, recordOf } from '../checks';
import type { Engine } from '../engine';
import { answered, loadView } from '../loadView';
import { modelEditor } from '../names';
import { packArrays } from '../packArrays';
import { checkedFile } from '../panelRequests';

/** What the view's buttons do outside of it. They tell the user themselves what went wrong, all but `saveFile`. */
export interface ModelEditorActions {
  readonly visualize: (model: string) => Promise<void>;
  readonly saveFile: (
    file: { readonly name: string; readonly content: Uint8Array },
    model: string,
  ) => Promise<{ readonly path: string } | null>;
  readonly restartEngine: () => Promise<void>;
  readonly showLog: () => void;
}

export interface ModelEditorOptions {
  /** Absolute path of the file. */
  readonly model: string;
  /** The layer to begin with. */
  readonly layer: string | null;
  readonly assets: vscode.Uri;
  readonly engine: Engine;
  /** Throws where the model may not be opened now. */
  readonly assertMayOpen: (model: string) => void;
  readonly actions: ModelEditorActions;
  /** The engine has read the file, maybe anew, or tried to. */
  readonly opened: (opening: Outcome<ModelSummary>) => void;
}

/** One tab that shows a model file. */
export interface ModelEditor {
  readonly model: string;
  readonly reveal: (layer: string) => void;
  readonly reload: () => void;
  readonly engineDown: (failure: Failure) => void;
}

export function showModel(panel: vscode.WebviewPanel, options: ModelEditorOptions): ModelEditor {
  const { model } = options;
  let view: Peer<ModelEditorViewContract> | undefined;
  let { layer } = options;
  loadView(panel, {
    assets: options.assets,
    name: modelEditor.view,
    start: (transport) => {
      const handlers = handlersFor(options, () => layer);
      view = connect<ModelEditorHostContract, ModelEditorViewContract>(transport, handlers);
    },
    end: () => (view = undefined),
  });
  return {
    model,
    reveal: (name) => {
      layer = name;
      void view?.call('reveal', { layer: name });
    },
    reload: () => void view?.call('reload', null),
    engineDown: (failure) => void view?.call('engineDown', failure),
  };
}

function handlersFor(
  { model, engine, assertMayOpen, actions, opened }: ModelEditorOptions,
  layer: () => string | null,
): Handlers<ModelEditorHostContract> {
  return {
    ready: async () => ({ layer: layer() }),
    summary: async (_, { signal }) => {
      assertMayOpen(model);
      const opening = await engine.peer.call('openModel', { model }, { signal });
      opened(opening);
      return packArrays(valueOf(opening));
    },
    filters: async (params, { signal }) => {
      const checked = checkedFilters(params);
      assertMayOpen(model);
      return packArrays(valueOf(await engine.peer.call('filters', { ...checked, model }, { signal })));
    },
    visualize: () => answered(actions.visualize(model)),
    saveFile: (params) => actions.saveFile(checkedFile(params), model),
    restartEngine: () => answered(actions.restartEngine()),
    showLog: () => answered(actions.showLog()),
  };
}

/** A request for filters, rebuilt from what a view may ask for. */
export function checkedFilters(params: unknown): ModelEditorHostContract['filters']['params'] {
  const { layer, scale } = recordOf(params);
  if (scale !== 'sheet' && scale !== 'filter') throw malformed('a scale');
  return { layer: checkedText(layer, 'a layer'), scale };
}
