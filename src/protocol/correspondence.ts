import type { CorrespondenceStep } from '../core/experiments/correspondence/correspondence';
import type { PartPlace } from '../core/formats/parts';
import type { CropView } from '../core/imaging/cropView';
import type { Picture } from '../core/imaging/preprocessing';
import type { KnownSteps, ResumablePlan } from './resume';

export type { CorrespondenceStep, CropView, PartPlace };

/** One picture of the set with its named parts, in the picture's own pixels. */
export interface AnnotatedPicture {
  /** Absolute path. */
  readonly image: string;
  readonly parts: Readonly<Record<string, PartPlace>>;
}

/** A step hides one thing in all pictures: each part in turn, then one random square after another. */
export interface CorrespondenceRequest {
  readonly model: string;
  readonly images: readonly AnnotatedPicture[];
  /** The parts to hide, in order. */
  readonly parts: readonly string[];
  /** Labels of layers or names of tensors; every layer where left out. */
  readonly layers?: readonly string[];
  /** Edge of the squares, pixels of the network's input. */
  readonly size: number;
  /** How many times the random control is drawn. A run with fewer is the beginning of one with more. */
  readonly draws: number;
  readonly seed: number;
  readonly known?: KnownSteps;
}

/** What is going to be compared, once everything that was left open is decided. */
export interface CorrespondencePlan extends ResumablePlan {
  readonly layers: readonly string[];
  /** Names of the pictures that are compared. Those without a part, or with one at the border, are left out. */
  readonly images: readonly string[];
}

export type CorrespondenceProgress =
  | { readonly kind: 'plan'; readonly plan: CorrespondencePlan }
  | { readonly kind: 'step'; readonly step: CorrespondenceStep };

/** A picture as the network sees it, and where that lies in the file. */
export interface ViewedPicture {
  readonly picture: Picture;
  readonly view: CropView;
}
