import type {
  FeatureMap,
  ModelSummary,
  ProjectedUnit,
  ProjectRequest,
  RecordingSummary,
  RecordStep,
  Subject,
} from './model';
import type { OcclusionProgress, OcclusionRequest } from './occlusion';

/** What the engine process answers. Requests stand on their own, so a restarted engine can take them again. */
export interface EngineContract {
  /** Loads a model and describes it. */
  openModel: { params: { model: string }; progress: never; result: ModelSummary };
  /** Runs one image forward with all feature maps and switches recorded. */
  record: {
    params: Subject;
    progress: { readonly step: RecordStep };
    result: RecordingSummary;
  };
  /** Projects units of one layer; each arrives as progress as soon as it is done. */
  project: { params: ProjectRequest; progress: ProjectedUnit; result: { readonly milliseconds: number } };
  /** One feature map, for heat maps. */
  featureMap: { params: Subject & { layer: string; map: number }; progress: never; result: FeatureMap };
  /** Hides one part of the image after another and measures what that changes; cancelled between batches. */
  occlude: {
    params: OcclusionRequest;
    progress: OcclusionProgress;
    result: { readonly milliseconds: number };
  };
  /** Answered as soon as the process is not inside a native call: tells a busy engine from one that hangs. */
  ping: { params: null; progress: never; result: null };
  /** Forgets a model that was closed or changed. */
  forget: { params: { model: string }; progress: never; result: null };
}
