import { seededRandom } from '../../random';
import { chooseC } from './chooseC';
import { confusionOf, meanAccuracy } from './confusion';
import { designOf, standardOf, type FeatureMatrix } from './design';
import { fit, scoresOf, trainingSet, type MatrixProducts } from './fit';
import { drawFold, type Fold } from './folds';
import { losses, type LossName } from './losses';

export interface RatingSettings {
  /** Labels of layers. */
  readonly layers: readonly string[];
  readonly classifiers: readonly LossName[];
  /** Images of each class to learn from, one rating for each number. */
  readonly train: readonly number[];
  /** Images of each class to judge by, at most. */
  readonly test: number;
  readonly folds: number;
  /** The same seed draws the same folds for every layer. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** What one classifier made of one layer's features in one fold. */
export interface Rating {
  readonly layer: string;
  readonly classifier: LossName;
  readonly train: number;
  readonly fold: number;
  readonly c: number;
  /** Mean over classes. */
  readonly accuracy: number;
  /** `classes x classes`, rows are the truth. */
  readonly confusion: Int32Array;
}

/** Images by number: which features they have, and which images each class has. */
export interface LabelledFeatures {
  /** By class, numbers of images. */
  readonly classes: readonly (readonly number[])[];
  /** The features of all images at a layer, a row each. */
  readonly featuresOf: (layer: string) => Promise<FeatureMatrix> | FeatureMatrix;
}

/** Of the fit that is judged. */
const FINE = { tolerance: 1e-4, iterations: 300 } as const;

/**
 * Learns classes from the features of each layer and judges what was learnt (Zeiler & Fergus 2013, sections 5.2 and 5.3):
 * features are standardised by the training images, c is chosen inside of them, and the accuracy is the mean over
 * classes on images that were not learnt from. Yields ratings as they come; aborting ends it within a fit.
 */
export async function* rateFeatures(
  products: MatrixProducts,
  { classes, featuresOf }: LabelledFeatures,
  settings: RatingSettings,
): AsyncGenerator<Rating> {
  const { layers, train, folds, test, seed } = settings;
  for (const layer of layers) {
    const features = await featuresOf(layer);
    for (const count of train) {
      for (let fold = 0; fold < folds; fold++) {
        const random = seededRandom(Math.imul(seed, 0x9e3779b1) + fold);
        const drawn = drawFold(classes, { train: count, test }, random);
        for await (const judged of judgeFold(products, { features, classes, drawn }, settings)) {
          yield { layer, train: count, fold, ...judged };
        }
      }
    }
  }
}

interface FoldOfFeatures extends Pick<LabelledFeatures, 'classes'> {
  readonly features: FeatureMatrix;
  readonly drawn: Fold;
}

async function* judgeFold(
  products: MatrixProducts,
  { features, classes, drawn: { train, test } }: FoldOfFeatures,
  { classifiers, signal }: RatingSettings,
): AsyncGenerator<Pick<Rating, 'classifier' | 'c' | 'accuracy' | 'confusion'>> {
  const standard = standardOf(features, train);
  const learnt = trainingSet(designOf(features, train, standard), labelsOf(classes, train), classes.length);
  const judged = designOf(features, test, standard);
  const labels = labelsOf(classes, test);
  for (const classifier of classifiers) {
    const loss = losses[classifier];
    const c = await chooseC(products, learnt, { loss, signal });
    const weights = await fit(products, learnt, { loss, c, ...FINE, signal });
    const scores = await scoresOf(products, judged, weights);
    const confusion = confusionOf({ scores, labels, classes: classes.length });
    yield { classifier, c, accuracy: meanAccuracy(confusion, classes.length), confusion };
  }
}

/** The classes of some images. */
function labelsOf(classes: readonly (readonly number[])[], images: readonly number[]): Int32Array {
  const labels = new Map(
    classes.flatMap((members, label) => members.map((image) => [image, label] as const)),
  );
  return Int32Array.from(images, (image) => labels.get(image)!);
}
