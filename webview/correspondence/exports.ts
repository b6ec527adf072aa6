import {
  comparisonFacts,
  comparisonSentences,
  comparisonTables,
} from '../../src/core/experiments/correspondence/report';
import { deltaChart, deltaRows } from '../../src/core/experiments/correspondence/result';
import { csv } from '../../src/core/report/csv';
import { experimentReport } from '../../src/core/report/experimentReport';
import { chartCanvas } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import { modelFacts } from '../shared/modelFacts';
import { comparisonOf } from './comparison';
import type { CorrespondenceState } from './correspondenceModel';
import { strings } from './strings';

export function createExports(current: () => CorrespondenceState): Exports {
  const compared = () => current().compared!;
  const comparison = () => comparisonOf(compared());
  const picture = () => chartCanvas(deltaChart(comparison().deltas));
  return {
    name: () => 'correspondence',
    png: picture,
    csv: () => csv(deltaRows(comparison().deltas)),
    json: () => {
      const { model } = current().recording;
      const { path, runtime, preprocessing } = model;
      return { model: path, modelHash: compared().plan.modelHash, runtime, preprocessing, ...comparison() };
    },
    html: async () => {
      const { recording } = current();
      const source = (await picture()).toDataURL('image/png');
      return experimentReport({
        title: strings.report.title(recording.model.name),
        facts: [
          ...modelFacts(recording).filter(([name]) => name !== 'Picture'),
          ...comparisonFacts(comparison()),
        ],
        summary: [...comparisonSentences(comparison()), ...compared().plan.notes],
        pictures: [{ caption: strings.report.chart, source }],
        tables: comparisonTables(comparison()),
      });
    },
  };
}
