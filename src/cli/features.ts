import path from 'node:path';
import { confusionChart } from '../core/charts/confusionChart';
import { losses, type LossName } from '../core/experiments/features/losses';
import type { Pooling } from '../core/experiments/features/pool';
import type { Rating } from '../core/experiments/features/rateFeatures';
import {
  confusedPairs,
  paperTable,
  ratingChart,
  ratingRows,
  ratingTable,
  shotChart,
  summariseRatings,
  type LayerRating,
} from '../core/experiments/features/result';
import { counted } from '../core/report/numbers';
import { rateFolder } from '../engine/features/rateFolder';
import type { RatePlan, RatePreparation, RateRequest } from '../protocol/features';
import type { ModelSummary } from '../protocol/model';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { modelFacts, writeExperiment } from './writeExperiment';

export interface FeaturesOptions {
  readonly model?: string;
  readonly images: string;
  readonly layers?: readonly string[];
  readonly pooling: Pooling;
  readonly classifiers: readonly LossName[];
  readonly train: readonly number[];
  readonly test: number;
  readonly folds: number;
  readonly seed: number;
  readonly store?: string;
  readonly out: string;
}

const { signal } = new AbortController();
const CONFUSED = 20;

const poolingNames: Readonly<Record<Pooling, string>> = {
  mean: 'mean of each feature map',
  max: 'maximum of each feature map',
  full: 'all activations',
};

/** Learns the classes of a folder of class folders from the features of each layer, and writes how well that goes. */
export async function rateToFiles(
  options: FeaturesOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const folder = path.resolve(options.out);
  const { images, pooling, classifiers, train, test, folds, seed, layers } = options;
  const request: RateRequest = {
    folder: path.resolve(images),
    store: path.resolve(options.store ?? path.join(folder, 'features.sqlite')),
    ...{ pooling, classifiers, train, test, folds, seed },
    ...(layers && { layers }),
  };
  return service.models.use(model, async (open) => {
    let plan: RatePlan | undefined;
    const ratings: Rating[] = [];
    for await (const step of rateFolder(open, request, signal)) {
      if (step.kind === 'plan') ({ plan } = step);
      else if (step.kind === 'rating')
        progress(`${ratings.push(step.rating)} of ${counted(plan!.ratings, 'rating')}`);
      else progress(describePreparation(step));
    }
    const { summary } = open;
    const rated = summariseRatings(ratings);
    await write(folder, { request, plan: plan!, ratings, rated, summary });
    const best = bestOf(rated);
    return {
      json: {
        ...{ model, out: folder, classes: plan!.classes.length, images: plan!.images },
        ratings: rated.map(({ confusion: _, ...rating }) => rating),
        best: { layer: best.layer, classifier: best.classifier, train: best.train },
      },
      text: `${[HEAD, ...ratingTable(rated)].map((row) => row.join('\t')).join('\n')}\n${folder}\n`,
      warnings: [...summary.warnings, ...plan!.notes],
    };
  });
}

function describePreparation(step: RatePreparation): string {
  if (step.kind === 'looking') return `${counted(step.images, 'image')} found so far`;
  const progress = `${step.done} of ${counted(step.of, 'image')}`;
  return step.kind === 'compared' ? `${progress} compared with the store` : `features of ${progress}`;
}

const HEAD = ['layer', 'classifier', 'images learnt from', 'accuracy, %'] as const;

function bestOf(rated: readonly LayerRating[]): LayerRating {
  return rated.reduce((best, rating) => (rating.mean > best.mean ? rating : best));
}

interface Rated {
  readonly request: RateRequest;
  readonly plan: RatePlan;
  readonly ratings: readonly Rating[];
  readonly rated: readonly LayerRating[];
  readonly summary: ModelSummary;
}

async function write(folder: string, { request, plan, ratings, rated, summary }: Rated): Promise<void> {
  const { classes, notes } = plan;
  const { pooling, classifiers, train, test, folds, seed } = request;
  const best = bestOf(rated);
  const caption = `Confusion: ${best.layer}, ${losses[best.classifier].name}, ${counted(best.train, 'image')} of each class`;
  const shots = train.length < 2 ? [] : classifiers.map((classifier) => ({
    name: `shots-${classifier}`,
    caption: `Accuracy by images learnt from, ${losses[classifier].name}`,
    options: shotChart(rated, classifier),
  })); // prettier-ignore
  await writeExperiment(folder, {
    name: 'features',
    title: `What the features of ${summary.name} are worth`,
    facts: [
      ...modelFacts(summary),
      [
        'Data set',
        `${path.basename(request.folder)}: ${classes.length} classes, ${counted(plan.images, 'image')}`,
      ],
      ['Features', `${poolingNames[pooling]}, standardised by the training images`],
      ['Number of features', plan.layers.map(({ label, features }) => `${label} ${features}`).join(', ')],
      ['Images of each class', `${train.join(', ')} to learn from, at most ${test} others to judge by`],
      ['Folds', `${folds}, seed ${seed}`],
      ['C', 'by threefold cross-validation inside the training images'],
    ],
    summary: notes,
    pictures: [
      {
        name: 'features',
        caption: `Mean accuracy of classes ± standard deviation over folds, ${counted(Math.max(...train), 'image')} of each learnt from`,
        options: ratingChart(rated),
      },
      ...shots,
      {
        name: 'confusion',
        caption,
        options: confusionChart({ title: caption, classes, confusion: best.confusion }),
      },
    ],
    tables: [
      {
        caption: 'Mean accuracy of classes ± standard deviation over folds, percent',
        head: HEAD,
        rows: ratingTable(rated),
      },
      {
        caption: 'Most often confused',
        head: ['class', 'taken for', 'times'],
        rows: confusedPairs(best, classes, CONFUSED),
      },
      {
        caption: 'The paper: Caltech-101, 30 images of each class, percent',
        head: ['features', 'SVM', 'softmax'],
        rows: paperTable,
      },
    ],
    rows: ratingRows(ratings),
    json: {
      ...{ modelHash: summary.hash, folder: request.folder, pooling, train, test, folds, seed, plan },
      ratings: ratings.map(({ confusion: _, ...rating }) => rating),
      confusion: { ...best, confusion: [...best.confusion] },
    },
  });
}
