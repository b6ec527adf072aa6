import type { Faithfulness } from '../core/deconvnet/faithfulness';
import type { MethodName } from '../core/deconvnet/methods';
import type { Box } from '../core/graph/box';
import type { Picture, Preprocessing } from '../core/imaging/preprocessing';
import type { SignedTile } from '../core/imaging/signedTile';

export type { SignedTile } from '../core/imaging/signedTile';

export type { Faithfulness, MethodName };

/**
 * Which forward pass a request is about. Paths are absolute file system paths on the engine's side. Requests
 * carry them instead of handles: an engine that was restarted answers the same request again.
 */
export interface Subject {
  readonly model: string;
  readonly image: string;
}

export interface LayerSummary {
  /** What the user calls the layer, unique in the model: `conv1`, `features.3`, `fire2/expand3x3`. */
  readonly label: string;
  /** Operators of the layer in order: `Conv + BatchNormalization + Relu`. */
  readonly op: string;
  /** The tensor that holds its feature maps, after the activation. */
  readonly tensor: string;
  /** Without the batch dimension: `[C, H, W]`, or `[C]` for a fully connected layer. */
  readonly shape: readonly number[];
  readonly receptiveField: {
    readonly size: readonly [height: number, width: number];
    readonly stride: readonly [height: number, width: number];
  };
  /** Number of weights and biases. */
  readonly parameters: number;
  /** Of a projection by each method. */
  readonly faithfulness: Readonly<Record<MethodName, Faithfulness>>;
}

export interface ModelSummary {
  readonly path: string;
  readonly name: string;
  readonly runtime: string;
  /** Version of the weights: SHA-256 of the model file, hexadecimal. */
  readonly hash: string;
  /** Of the input the images are fed to: `[C, H, W]`. */
  readonly inputShape: readonly [channels: number, height: number, width: number];
  readonly preprocessing: Preprocessing;
  /** `declared` in a sidecar or `guessed`, with one sentence that says from what. */
  readonly preprocessingOrigin: 'declared' | 'guessed';
  readonly preprocessingReason: string;
  /** Definition of the model, absolute path, where the sidecar names one inside the model's folder. */
  readonly source: string | null;
  readonly layers: readonly LayerSummary[];
  /** Warnings of the importer and of the sidecar. */
  readonly warnings: readonly string[];
}

export interface Prediction {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
}

/** What one forward pass says about one layer. Arrays have one entry per feature map. */
export interface LayerRecording {
  readonly label: string;
  /** The strongest activation of each map. */
  readonly maxima: Float32Array;
  /** Its place, row-major in the map: `y * width + x`, the first on ties. */
  readonly positions: Int32Array;
  /** How many maps have no positive activation. */
  readonly inactive: number;
}

/** What `record` is busy with. */
export type RecordStep = 'model' | 'image' | 'forward';

export interface RecordingSummary {
  readonly model: ModelSummary;
  readonly image: string;
  /** The image as the network sees it. */
  readonly input: Picture;
  /** The five most probable classes; empty when the model is no classifier. */
  readonly top: readonly Prediction[];
  readonly layers: readonly LayerRecording[];
  /** What went wrong on the way, for example "conv3 holds NaN". */
  readonly warnings: readonly string[];
  /** Of the forward pass alone, milliseconds. */
  readonly forwardMs: number;
}

export interface UnitRequest {
  readonly map: number;
  /** `[y, x]`; the map's maximum where left out. `[0, 0]` for a fully connected layer. */
  readonly position?: readonly [y: number, x: number];
  /**
   * What is sent down instead of the unit's own activation. The control "same switches, another unit" sends the
   * original unit's activation from another map, so both pictures have the same energy to start from.
   */
  readonly seed?: number;
}

export interface ProjectRequest extends Subject {
  /** A layer's label or a tensor name. */
  readonly layer: string;
  readonly units: readonly UnitRequest[];
  readonly method: MethodName;
}

export interface ProjectedUnit {
  readonly layer: string;
  /** Index into `ProjectRequest.units`. */
  readonly index: number;
  readonly map: number;
  readonly position: readonly [y: number, x: number];
  readonly activation: number;
  readonly status: 'ok' | 'inactive';
  /** The unit's receptive field in the network's input; may lie partly outside. */
  readonly receptiveField: Box;
  /** The part of the receptive field inside the input; the tile covers exactly this. */
  readonly visible: Box;
  /** `null` where the unit is inactive. */
  readonly tile: SignedTile | null;
}

export interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}
