import type { EngineContract } from './engineContract';
import type { Failure } from './contract';
import type { Subject } from './model';

/** What a panel shows; the view keeps it through `setState`, so that it survives a reload of the window. */
export interface PanelSubject {
  readonly model: string;
  /** One or several images; `image` is the one shown. */
  readonly images: readonly string[];
  readonly image: string;
}

export interface PanelSettings {
  /** Feature maps per layer before "more". */
  readonly mapsPerLayer: number;
  readonly displayScale: 'tile' | 'map' | 'layer';
}

/** Calls the view makes; the host passes the engine's calls through. The view speaks first, with `ready`. */
export interface PanelHostContract extends Pick<EngineContract, 'record' | 'project' | 'featureMap'> {
  ready: {
    params: null;
    progress: never;
    result: { readonly subject: PanelSubject; readonly settings: PanelSettings };
  };
  /** Quick pick of another model; the answer comes as a `show` call. */
  chooseModel: { params: null; progress: never; result: null };
  chooseImage: { params: null; progress: never; result: null };
  /** The user selected another of the panel's images. */
  selectImage: { params: { image: string }; progress: never; result: null };
  /** Writes the guessed preprocessing as a sidecar and opens it. */
  writeSidecar: { params: Subject; progress: never; result: null };
  /** Save dialog; `null` when dismissed. */
  savePng: {
    params: { name: string; png: Uint8Array };
    progress: never;
    result: { readonly path: string } | null;
  };
  /** Starts the engine again after it died. */
  restartEngine: { params: null; progress: never; result: null };
  showLog: { params: null; progress: never; result: null };
}

/** Calls the host makes once the view is ready. */
export interface PanelViewContract {
  /** Show something else; abandons what is under way. */
  show: { params: { readonly subject: PanelSubject }; progress: never; result: null };
  settings: { params: PanelSettings; progress: never; result: null };
  /** The engine process died; the view offers a retry. */
  engineDown: { params: Failure; progress: never; result: null };
}
