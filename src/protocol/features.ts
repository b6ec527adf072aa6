import type { Pooling } from '../core/experiments/features/pool';
import type { Rating, RatingSettings } from '../core/experiments/features/rateFeatures';

export interface RateRequest extends Omit<RatingSettings, 'layers' | 'signal'> {
  /** Absolute paths: a folder of class folders, and the file that features are kept in. */
  readonly folder: string;
  readonly store: string;
  readonly pooling: Pooling;
  /** Labels of layers or names of tensors; a few spread over the hidden layers where left out. */
  readonly layers?: readonly string[];
}

export interface RatePlan {
  readonly layers: readonly { readonly label: string; readonly features: number }[];
  /** Names of the classes in the order of confusion matrices. */
  readonly classes: readonly string[];
  readonly images: number;
  /** What was left out, one sentence each. */
  readonly notes: readonly string[];
  readonly ratings: number;
}

/** What comes before the ratings: images are looked for, compared with the store, then those run that are not in it. */
export type RatePreparation =
  | { readonly kind: 'looking'; readonly images: number }
  | { readonly kind: 'compared' | 'extracted'; readonly done: number; readonly of: number };

export type RateProgress =
  | RatePreparation
  | { readonly kind: 'plan'; readonly plan: RatePlan }
  | { readonly kind: 'rating'; readonly rating: Rating };
