import type { Failure } from './contract';
import type { FilterReport, FiltersRequest, ModelSummary } from './model';

/** Calls that the view of a model file makes. The host names the model: a view is about one file for all its life. */
export interface ModelEditorHostContract {
  /** The layer to begin with; `null` for the first one. */
  ready: { params: null; progress: never; result: { readonly layer: string | null } };
  summary: { params: null; progress: never; result: ModelSummary };
  filters: { params: Omit<FiltersRequest, 'model'>; progress: never; result: FilterReport };
  /** Asks for images and shows their layers in the panel. */
  visualize: { params: null; progress: never; result: null };
  /** Save dialog; `null` when dismissed. */
  saveFile: {
    params: { name: string; content: Uint8Array };
    progress: never;
    result: { readonly path: string } | null;
  };
  restartEngine: { params: null; progress: never; result: null };
  showLog: { params: null; progress: never; result: null };
}

/** Calls the host makes once the view is ready. */
export interface ModelEditorViewContract {
  reveal: { params: { readonly layer: string }; progress: never; result: null };
  /** The file changed on disk. */
  reload: { params: null; progress: never; result: null };
  /** The engine process died; the view offers a retry. */
  engineDown: { params: Failure; progress: never; result: null };
}
