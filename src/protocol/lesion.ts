import type { LesionMode } from '../core/experiments/lesion';
import type { Subject } from './model';
import type { KnownSteps, ResumablePlan } from './resume';

export type { LesionMode };

/** Some feature maps of a layer; `all` is the whole layer. */
export interface LesionChoice {
  /** Label of a layer, or name of a tensor. */
  readonly layer: string;
  readonly maps: readonly number[] | 'all';
}

/** Any number of lesions of one image. Each may span several layers; an empty one changes nothing. A step is a lesion. */
export interface LesionRequest extends Subject {
  readonly mode: LesionMode;
  /** The class that is followed; the most probable one of the whole network where left out. */
  readonly label?: number;
  /**
   * The lesions themselves; or one for each whole layer that the scores depend on, `layers`; or one for each map of a
   * layer.
   */
  readonly lesions: readonly (readonly LesionChoice[])[] | 'layers' | { readonly mapsOf: string };
  readonly known?: KnownSteps;
}

/** What the network answers with something switched off. */
export interface LesionAnswer {
  /** Of the class that is followed. */
  readonly probability: number;
  /** The five most probable classes and their probabilities. */
  readonly top: readonly number[];
  readonly topProbabilities: readonly number[];
}

/** What is going to be switched off, once everything that was left open is decided. */
export interface LesionPlan extends ResumablePlan {
  readonly label: number;
  /** Names of all classes, `class 3` where the sidecar gives none. */
  readonly labels: readonly string[];
  readonly lesions: readonly (readonly LesionChoice[])[];
  /** With nothing switched off. */
  readonly clean: LesionAnswer;
}

/** Answers come in the order of the plan's lesions. */
export type LesionProgress =
  | { readonly kind: 'plan'; readonly plan: LesionPlan }
  | { readonly kind: 'answers'; readonly answers: readonly LesionAnswer[] };
