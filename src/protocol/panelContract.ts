import type { PartsChange } from '../core/formats/partChanges';
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

/** A unit of a layer that is to be opened. */
export interface RevealedUnit {
  readonly map: number;
  readonly position: readonly [y: number, x: number];
}

/** The layers of a model, or an experiment with it; each has a view of its own. */
export type PanelName = 'layers' | 'occlusion' | 'invariance' | 'lesion' | 'parts' | 'correspondence';

/** Calls of the engine that views make; the host checks them and passes them on. */
type PassedOn = Pick<
  EngineContract,
  'record' | 'project' | 'featureMap' | 'occlude' | 'invariance' | 'lesion' | 'correspondence' | 'viewPicture'
>;

/** Calls the views make. A view speaks first, with `ready`. */
export interface PanelHostContract extends PassedOn {
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
  /** Opens another panel about the same model and images. */
  openPanel: { params: { name: PanelName }; progress: never; result: null };
  /** The annotations in `parts.json` beside an image, as `formatParts` writes them; `null` where there are none. */
  readParts: { params: { image: string }; progress: never; result: { readonly text: string | null } };
  /** Writes a change into the `parts.json` beside an image; the answer is the whole file with it. */
  changeParts: {
    params: { image: string; change: PartsChange };
    progress: never;
    result: { readonly text: string };
  };
  /** Asks for a file with annotations, whose parts are added to those beside an image; `null` when dismissed. */
  importParts: { params: { image: string }; progress: never; result: { readonly text: string } | null };
  /** Shows the line of code that defines a layer. */
  revealSource: { params: { layer: string }; progress: never; result: null };
  /** Save dialog; `null` when dismissed. The name ends in `.png`, `.csv`, `.json` or `.html`. */
  saveFile: {
    params: { name: string; content: Uint8Array };
    progress: never;
    result: { readonly path: string } | null;
  };
  /**
   * Keeps what an experiment has measured, plain data and typed arrays, under a key of the view's own: also when the panel is
   * closed, until another state is kept under the key.
   */
  keep: { params: { key: string; state: unknown }; progress: never; result: null };
  /** What was kept for this kind of panel, its model and the key; `null` where there is nothing. */
  recall: { params: { key: string }; progress: never; result: unknown };
  /** Starts the engine again after it died. */
  restartEngine: { params: null; progress: never; result: null };
  showLog: { params: null; progress: never; result: null };
}

/** Calls the host makes once the view is ready. */
export interface PanelViewContract {
  /** Show something else; abandons what is under way. */
  show: { params: { readonly subject: PanelSubject }; progress: never; result: null };
  settings: { params: PanelSettings; progress: never; result: null };
  /** Scroll to a layer as soon as it is there, or measure its strongest map; a view that is about no layer ignores it. */
  revealLayer: {
    params: {
      readonly layer: string;
      /** To open, where given. */
      readonly unit?: RevealedUnit;
    };
    progress: never;
    result: null;
  };
  /** The engine process died; the view offers a retry. */
  engineDown: { params: Failure; progress: never; result: null };
}
