import type { Failure } from './contract';
import type { EngineContract } from './engineContract';
import type { Convergence, EvolutionProgress, EvolutionRequest } from './evolution';
import type { RateProgress, RateRequest } from './features';
import type { ModelSummary } from './model';
import type { ScanProgress, ScanResult, TopIndex, TopMap, TopMapsRequest } from './topActivations';

/** Panels about a folder of pictures instead of single ones. Each is about one subject for all its life. */
export type DataSetPanelName = 'topActivations' | 'evolution' | 'features';

export interface DataSetSubject {
  /** The model; where checkpoints are compared, the folder that holds them. Absolute path. */
  readonly model: string;
  /** The folder of pictures, or of class folders. Absolute path. */
  readonly pictures: string;
  /** An index of top activations that was made elsewhere, which is only looked at. The editor's own where left out. */
  readonly index?: string;
}

/** A unit in a picture of the data set, to be looked at in the panel of layers. */
export interface FoundUnit {
  readonly layer: string;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  /** Relative to the folder of pictures, with slashes. */
  readonly image: string;
}

/** Calls that all of these views make. The host names models and folders in what it asks the engine. */
export interface DataSetHostContract {
  ready: { params: null; progress: never; result: DataSetSubject };
  /** Save dialog; `null` when dismissed. The name ends in `.png`, `.csv`, `.json` or `.html`. */
  saveFile: {
    params: { name: string; content: Uint8Array };
    progress: never;
    result: { readonly path: string } | null;
  };
  /** Keeps something for this kind of panel and its subject, plain data and typed arrays, until something else is kept. */
  keep: { params: { state: unknown }; progress: never; result: null };
  /** `null` where there is nothing. */
  recall: { params: null; progress: never; result: unknown };
  /** Stops what runs in the background. */
  pause: { params: null; progress: never; result: null };
  /** Starts the engine again after it died. */
  restartEngine: { params: null; progress: never; result: null };
  showLog: { params: null; progress: never; result: null };
}

type Running<P, R> = { params: null; progress: P; result: R };

export interface TopHostContract extends DataSetHostContract {
  openModel: { params: null; progress: never; result: ModelSummary };
  topIndex: { params: null; progress: never; result: TopIndex | null };
  topMaps: { params: Pick<TopMapsRequest, 'layer' | 'maps'>; progress: never; result: readonly TopMap[] };
  projectTop: {
    params: Pick<TopMapsRequest, 'layer' | 'maps'>;
    progress: EngineContract['projectTop']['progress'];
    result: EngineContract['projectTop']['result'];
  };
  /** Whether a scan runs in the background: it goes on while the panel is hidden. */
  isScanning: { params: null; progress: never; result: boolean };
  /** Starts the scan, or follows the one that runs. A view that goes away leaves it running. */
  scan: Running<ScanProgress, ScanResult>;
  /** Removes the index. */
  discardIndex: { params: null; progress: never; result: null };
  openUnit: { params: FoundUnit; progress: never; result: null };
}

export interface EvolutionHostContract extends DataSetHostContract {
  isComparing: { params: null; progress: never; result: boolean };
  /** Starts comparing, or follows what runs, from its beginning. A view that goes away leaves it running. */
  compare: {
    params: Pick<EvolutionRequest, 'layers' | 'maps' | 'seed'>;
    progress: EvolutionProgress;
    result: readonly Convergence[];
  };
  /** Shows a unit of one of the checkpoints, named by its path in their folder. */
  openUnit: { params: FoundUnit & { readonly checkpoint: string }; progress: never; result: null };
}

export interface FeaturesHostContract extends DataSetHostContract {
  openModel: { params: null; progress: never; result: ModelSummary };
  isRating: { params: null; progress: never; result: boolean };
  /** Starts rating, or follows what runs, from its beginning. A view that goes away leaves it running. */
  rate: {
    params: Pick<RateRequest, 'layers' | 'pooling' | 'classifiers' | 'train' | 'test' | 'folds' | 'seed'>;
    progress: RateProgress;
    result: null;
  };
}

/** Calls the host makes once the view is ready. */
export interface DataSetViewContract {
  /** Show a layer, as soon as it is known. */
  revealLayer: { params: { readonly layer: string }; progress: never; result: null };
  /** Begin again: the workspace became trusted, or the model changed. */
  reload: { params: null; progress: never; result: null };
  /** The engine process died; the view offers a retry. */
  engineDown: { params: Failure; progress: never; result: null };
}
