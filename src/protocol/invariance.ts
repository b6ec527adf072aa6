import type { InvariancePoint } from '../core/experiments/invariance';
import type { Colour, TransformationKind } from '../core/imaging/transform';
import type { Subject } from './model';
import type { KnownSteps, ResumablePlan } from './resume';

export type { Colour, InvariancePoint, TransformationKind };

/** How far the features of one image move under one kind of transformation. A step is a value. */
export interface InvarianceRequest extends Subject {
  readonly kind: TransformationKind;
  readonly values: readonly number[];
  /** Of what comes into view from outside the picture. */
  readonly fill: Colour;
  /** Labels of layers or names of tensors; the first and the last hidden layer where left out. */
  readonly layers?: readonly string[];
  /** The most probable class of the image where left out. */
  readonly label?: number;
  readonly known?: KnownSteps;
}

/** What is going to be measured, once everything that was left open is decided. */
export interface InvariancePlan extends ResumablePlan {
  readonly layers: readonly string[];
  /** The class whose probability is followed; `null` where the model is no classifier. */
  readonly label: number | null;
  /** Names of all classes, `class 3` where the sidecar gives none. Empty where the model is no classifier. */
  readonly labels: readonly string[];
}

/** Points come in the order of the values. */
export type InvarianceProgress =
  | { readonly kind: 'plan'; readonly plan: InvariancePlan }
  | { readonly kind: 'point'; readonly point: InvariancePoint };
