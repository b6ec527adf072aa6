import type { RateProgress, RateRequest } from './features';
import type { Picture } from '../core/imaging/preprocessing';
import type { Finding } from '../core/diagnose/finding';
import type { CorrespondenceProgress, CorrespondenceRequest, ViewedPicture } from './correspondence';
import type { Convergence, EvolutionProgress, EvolutionRequest } from './evolution';
import type { InvarianceProgress, InvarianceRequest } from './invariance';
import type { LesionProgress, LesionRequest } from './lesion';
import type {
  FeatureMap,
  FilterReport,
  FiltersRequest,
  LayerPreview,
  LayerPreviewRequest,
  ModelSummary,
  PictureFile,
  ProjectedUnit,
  ProjectRequest,
  RecordingSummary,
  RecordStep,
  Subject,
} from './model';
import type { OcclusionProgress, OcclusionRequest } from './occlusion';
import type {
  PlaceProgress,
  ScanProgress,
  QueuePlace,
  ScanRequest,
  ScanResult,
  ScannedImages,
  ImagesRequest,
  TopIndex,
  TopMap,
  TopMapsRequest,
  TopPreview,
  TopPreviewRequest,
  TopSubject,
} from './topActivations';

/** How long the computation took. */
interface Elapsed {
  readonly milliseconds: number;
}

/** What the engine process answers. Requests stand on their own, so a restarted engine can take them again. */
export interface EngineContract {
  /** Loads a model and describes it. */
  openModel: { params: { model: string }; progress: never; result: ModelSummary };
  /** The file that a model's sidecar names as its definition, without loading the model; `null` where it names none that is there. */
  declaredSource: { params: { model: string }; progress: never; result: string | null };
  /** Runs one image forward with all feature maps and switches recorded. */
  record: {
    params: Subject;
    progress: { readonly step: RecordStep };
    result: RecordingSummary;
  };
  /** Projects units of one layer; each arrives as progress as soon as it is done. */
  project: { params: ProjectRequest; progress: ProjectedUnit; result: Elapsed };
  /** One feature map, for heat maps. */
  featureMap: { params: Subject & { layer: string; map: number }; progress: never; result: FeatureMap };
  /** Hides one part of the image after another and measures what that changes; cancelled between batches. */
  occlude: { params: OcclusionRequest; progress: OcclusionProgress; result: Elapsed };
  /** Transforms the image and measures how far its features move; cancelled between batches. */
  invariance: { params: InvarianceRequest; progress: InvarianceProgress; result: Elapsed };
  /** Hides the same part in every image and compares the changes; cancelled between batches. */
  correspondence: { params: CorrespondenceRequest; progress: CorrespondenceProgress; result: Elapsed };
  /** Switches feature maps off and measures what is answered then; cancelled between batches. */
  lesion: { params: LesionRequest; progress: LesionProgress; result: Elapsed };
  /** An image as the network sees it, and where that lies in the file. */
  viewPicture: { params: Subject; progress: never; result: ViewedPicture };
  /**
   * Brings an index of top activations up to date with its folder; cancelled between passes, goes on where it was. The images are
   * run by the workers of a queue where one is given.
   */
  scanFolder: {
    params: ScanRequest & { readonly queue?: QueuePlace };
    progress: ScanProgress;
    result: ScanResult;
  };
  /** Finds what activates every feature map most in each of some images; cancelled between passes. */
  scanImages: { params: ImagesRequest; progress: ScannedImages; result: Elapsed };
  /** Removes an index, to begin anew. */
  discardIndex: { params: TopSubject; progress: never; result: null };
  /** What an index says as a whole; `null` where there is none yet. */
  topIndex: { params: TopSubject; progress: never; result: TopIndex | null };
  topMaps: { params: TopMapsRequest; progress: never; result: readonly TopMap[] };
  /** Projects all places of some maps; each arrives as progress as soon as it is done. */
  projectTop: { params: TopMapsRequest; progress: PlaceProgress; result: Elapsed };
  /** What activates the strongest maps of a layer most, in few bytes, for a hover; computes nothing. `null` without an index. */
  previewTop: { params: TopPreviewRequest; progress: never; result: TopPreview | null };
  /** Compares the checkpoints of a training run: the last one comes first. Cancelled between models and passes. */
  compareCheckpoints: {
    params: EvolutionRequest;
    progress: EvolutionProgress;
    result: readonly Convergence[];
  };
  /** What the features of a model are worth on a folder of class folders. Cancelled between passes and within fits. */
  rateFeatures: {
    params: RateRequest & { readonly model: string };
    progress: RateProgress;
    result: null;
  };
  /** What is wrong, or worth knowing, with the weights of a model and, where there is an image, its activations. */
  diagnose: {
    params: { readonly model: string; readonly image: string | null };
    progress: never;
    result: readonly Finding[];
  };
  /** The weights of a layer as a picture and in numbers; needs no image. */
  filters: { params: FiltersRequest; progress: never; result: FilterReport };
  /** A picture as a PNG file. */
  encodePng: { params: { picture: Picture }; progress: never; result: { png: Uint8Array } };
  /** A picture in at most so many bytes and pixels a side, as it is where that fits; `null` where nothing does. */
  encodeSmall: {
    params: { picture: Picture; bytes: number; side: number };
    progress: never;
    result: PictureFile | null;
  };
  /** The filters of a layer in few bytes, for a hover. */
  previewLayer: { params: LayerPreviewRequest; progress: never; result: LayerPreview };
  /** Answered as soon as the process is not inside a native call: tells a busy engine from one that hangs. */
  ping: { params: null; progress: never; result: null };
  /** Forgets a model that was closed or changed. */
  forget: { params: { model: string }; progress: never; result: null };
}
