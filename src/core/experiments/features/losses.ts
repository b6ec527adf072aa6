/** Scores of samples for classes, `samples x classes`, and the class that each sample is of. */
export interface Scored {
  readonly scores: Float32Array;
  readonly labels: Int32Array;
  readonly classes: number;
}

/** What a linear classifier minimises beside the norm of its weights. */
export interface Loss {
  /** Shown to people. */
  readonly name: string;
  /** Whether the bias counts as a weight in the norm. */
  readonly regularisesBias: boolean;
  /**
   * Adds the loss of one sample, whose scores begin at `start`, and writes its derivatives by the scores to the same places of
   * `residuals`.
   */
  readonly sample: (scored: Scored, sample: number, residuals: Float32Array) => number;
}

/** The classifiers of section 5.2 of Zeiler & Fergus 2013 and of its table 7. */
export const losses = {
  softmax: { name: 'softmax', regularisesBias: false, sample: crossEntropy },
  /** One against the rest, squared hinge: the linear machine that LIBLINEAR fits by default (Fan et al. 2008). */
  svm: { name: 'linear SVM', regularisesBias: true, sample: squaredHinge },
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

function crossEntropy({ scores, labels, classes }: Scored, sample: number, residuals: Float32Array): number {
  const start = sample * classes;
  let largest = -Infinity;
  for (let i = start; i < start + classes; i++) largest = Math.max(largest, scores[i]!);
  let sum = 0;
  for (let i = start; i < start + classes; i++) sum += Math.exp(scores[i]! - largest);
  for (let i = start; i < start + classes; i++) residuals[i] = Math.exp(scores[i]! - largest) / sum;
  const own = start + labels[sample]!;
  residuals[own]! -= 1;
  return Math.log(sum) + largest - scores[own]!;
}

function squaredHinge({ scores, labels, classes }: Scored, sample: number, residuals: Float32Array): number {
  const start = sample * classes;
  let sum = 0;
  for (let i = 0; i < classes; i++) {
    const sign = i === labels[sample] ? 1 : -1;
    const missing = Math.max(0, 1 - sign * scores[start + i]!);
    residuals[start + i] = -2 * sign * missing;
    sum += missing * missing;
  }
  return sum;
}
