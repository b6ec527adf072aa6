import { ratingRows, summariseRatings } from '../../src/core/experiments/features/result';
import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
import type { DataSetSubject } from '../../src/protocol/dataSetContract';
import { chartCanvas, stacked } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import type { FeaturesState } from './featuresModel';
import { bestOf, chartsOf, tablesOf, type Rated } from './resultView';
import { classifierChoice } from './settings';
import { strings } from './strings';

export function createExports(get: () => FeaturesState, subject: () => DataSetSubject | null): Exports {
  // The buttons are there once all is rated.
  const rated = () => get() as FeaturesState & Rated;
  const charts = () =>
    Promise.all(
      chartsOf(rated()).map(async ({ caption, options }) => ({
        caption,
        canvas: await chartCanvas(options),
      })),
    );
  return {
    name: () => 'features',
    png: async () => stacked((await charts()).map(({ canvas }) => canvas)),
    csv: () => csv(ratingRows(rated().ratings)),
    json: () => {
      const { plan, ratings, settings, model } = rated();
      const best = bestOf(summariseRatings(ratings));
      return {
        ...{
          model: model?.path,
          modelHash: model?.hash,
          folder: subject()?.pictures,
          settings,
          plan,
        },
        ratings: ratings.map(({ confusion: _, ...rating }) => rating),
        confusion: { ...best, confusion: [...best.confusion] },
      };
    },
    html: async () => {
      const pictures = await charts();
      return experimentReport({
        title: strings.report.title(get().model?.name ?? ''),
        facts: factsOf(get(), subject()),
        summary: [strings.hint, ...rated().plan.notes],
        pictures: pictures.map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL() })),
        tables: tablesOf(rated()),
      });
    },
  };
}

function factsOf({ model, settings }: FeaturesState, subject: DataSetSubject | null): Fact[] {
  const { report } = strings;
  return [
    [report.model, model?.name ?? ''],
    [report.hash, model?.hash ?? ''],
    [report.folder, subject?.pictures ?? ''],
    [report.pooling, strings.settings.poolings[settings.pooling]],
    [report.classifiers, strings.settings.choices[classifierChoice(settings.classifiers)!]],
    [report.train, settings.train.join(', ')],
    [report.test, String(settings.test)],
    [report.folds, String(settings.folds)],
    [report.seed, String(settings.seed)],
  ];
}
