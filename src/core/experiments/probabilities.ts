import type { Classifier } from '../graph/classifier';
import { softmax } from '../tensor/softmax';

/** The tensor to fetch for the class probabilities: the model's own softmax, or the scores where it has none. */
export function scoresTensor({ probabilities, logits }: Classifier): string {
  return probabilities ?? logits;
}

/** Class probabilities of one or several images from what `scoresTensor` holds, `classes` a row. */
export function probabilitiesFrom(classifier: Classifier, scores: Float32Array): Float32Array {
  return classifier.probabilities === null ? softmax(scores, classifier.classes) : scores;
}
