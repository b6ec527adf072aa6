import type { Part } from '../rewrite/cut';

/**
 * A network, or a part of it, that computes some of its tensors for many images at once. Experiments see no more of
 * a model than this, so their tests can bring a fake one.
 */
export interface Forward {
  /** How many images one run should take at most: more would need more memory and gain nothing. */
  readonly batch: number;
  /**
   * Runs images that lie one after another in `input`, any number of them. Each tensor comes back in the same
   * manner: image by image, row-major. The arrays belong to the caller.
   */
  run(input: Float32Array): Promise<ReadonlyMap<string, Float32Array>>;
}

/** Prepares a part of one network. Throws a `UserError` where the part cannot be computed from what it is fed. */
export type OpenForward = (part: Part) => Promise<Forward>;

export type { Part } from '../rewrite/cut';
