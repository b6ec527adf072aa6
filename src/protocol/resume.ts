/**
 * What an earlier, interrupted run of an experiment measured: so many of its steps, from the first on. Made use of where
 * its key is still that of the plan.
 */
export interface KnownSteps {
  readonly key: string;
  readonly count: number;
}

/** What every plan says of an experiment in which steps follow each other in a fixed order. */
export interface ResumablePlan {
  /** Equal for runs that measure the same: model, pictures and settings. */
  readonly key: string;
  /** Steps in all, `taken` included. */
  readonly steps: number;
  /** Steps of the earlier run that are taken over. */
  readonly taken: number;
  /** SHA-256 of the model. */
  readonly modelHash: string;
  /** What the user should know about how it runs, one sentence each. */
  readonly notes: readonly string[];
}
