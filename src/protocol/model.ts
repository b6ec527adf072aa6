import type { Faithfulness } from '../core/deconvnet/faithfulness';
import type { MethodName } from '../core/deconvnet/methods';
import type { Projection, Unit } from '../core/deconvnet/project';
import type { LayerTraits } from '../core/graph/layerTraits';
import type { LayerFilters } from '../core/filters/layerFilters';
import type { FilterStatistics } from '../core/filters/statistics';
import type { FilterSheet, SheetOptions } from '../core/imaging/filterSheet';
import type { Picture, Preprocessing } from '../core/imaging/preprocessing';
import type { SignedTile } from '../core/imaging/signedTile';

export type { SignedTile } from '../core/imaging/signedTile';

export type { Faithfulness, LayerTraits, MethodName };

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
  /** What code says about the layer: names in the file, kernel, stride, channels. */
  readonly traits: LayerTraits;
  /** Of a projection by each method. */
  readonly faithfulness: Readonly<Record<MethodName, Faithfulness>>;
}

export interface ModelSummary {
  readonly path: string;
  /** Absolute paths of the files beside it that hold its weights and the names of its classes, also of such as are missing. */
  readonly furtherFiles: readonly string[];
  readonly name: string;
  readonly runtime: string;
  /** Version of the weights: SHA-256 of the files of the model, hexadecimal. */
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
  /** What the file says about itself, by the names of its format; long values are cut. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
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

/** The unit to project. "Same switches, another unit" sends the original unit's activation as the seed of another map. */
export type UnitRequest = Unit;

export interface ProjectRequest extends Subject {
  /** A layer's label or a tensor name. */
  readonly layer: string;
  readonly units: readonly UnitRequest[];
  readonly method: MethodName;
}

/** A projection on its way to the view: the picture as a tile over its visible box instead of raw values. */
export interface ProjectedUnit extends Omit<Projection, 'values'> {
  readonly layer: string;
  /** `null` where the unit is inactive. */
  readonly tile: SignedTile | null;
}

export interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly values: Float32Array;
}

export interface FiltersRequest extends SheetOptions {
  readonly model: string;
  /** A layer's label or the tensor of its feature maps. */
  readonly layer: string;
}

export interface LayerPreviewRequest {
  readonly model: string;
  /** A layer's label or the tensor of its feature maps. */
  readonly layer: string;
  /** The picture's file is no larger. */
  readonly bytes: number;
}

/** A picture in few bytes. */
export interface PictureFile {
  readonly file: Uint8Array;
  readonly type: 'image/png' | 'image/webp';
  readonly height: number;
  readonly width: number;
}

/** A layer in a few kilobytes, for a hover. */
export interface LayerPreview {
  /** The layer's label. */
  readonly layer: string;
  /** Of the tensor that the layer reads, without the batch; `null` where it is not known. */
  readonly inputShape: readonly number[] | null;
  /** `null` for a kind of layer whose weights are no filters over its input. */
  readonly filters: { readonly count: number; readonly dead: number; readonly dominating: number } | null;
  /** The sheet of filters; `null` where they have no places in a picture, or too many for so few bytes. */
  readonly sheet: (PictureFile & Pick<FilterSheet, 'kind' | 'shown'>) | null;
  /** The first filter alone, for the margin beside code; `null` where the filters have no places in a picture. */
  readonly thumbnail: PictureFile | null;
}

/** The weights of one layer, as a picture and in numbers. */
export interface FilterReport extends Pick<LayerFilters, 'dims' | 'over' | 'kind' | 'groups' | 'stride'> {
  /** The layer's label. */
  readonly layer: string;
  /** Operators whose factors the weights contain beside the layer's own, in order: `BatchNormalization "bn1"`. */
  readonly folded: readonly string[];
  /** `null` where the filters see a vector: its features have no places in a picture. */
  readonly sheet: FilterSheet | null;
  readonly statistics: FilterStatistics;
}
