import path from 'node:path';
import type { PlotOptions } from '@observablehq/plot';
import { csv } from '../core/report/csv';
import { experimentReport, type ExperimentReport, type Fact } from '../core/report/experimentReport';
import type { ModelSummary } from '../protocol/model';
import { chartPng, dataUri } from './chart';
import { writeInto } from './project';

export interface WrittenExperiment extends Omit<ExperimentReport, 'pictures'> {
  /** Of the CSV file, without its ending. */
  readonly name: string;
  readonly charts: readonly {
    readonly name: string;
    readonly caption: string;
    readonly options: PlotOptions;
  }[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly json: unknown;
}

/** Writes `result.json`, `<name>.csv`, a PNG picture of each chart, and `report.html` into a folder. */
export async function writeExperiment(folder: string, experiment: WrittenExperiment): Promise<void> {
  const { name, charts, rows, json } = experiment;
  const write = (file: string, content: string | Uint8Array) => writeInto(path.join(folder, file), content);
  const pictures: { caption: string; source: string }[] = [];
  for (const chart of charts) {
    const png = await chartPng(chart.options);
    await write(`${chart.name}.png`, png);
    pictures.push({ caption: chart.caption, source: dataUri(png) });
  }
  await write('result.json', `${JSON.stringify(json, null, 2)}\n`);
  await write(`${name}.csv`, csv(rows));
  await write('report.html', experimentReport({ ...experiment, pictures }));
}

/** What every report says of the model. */
export function modelFacts({ name, hash, runtime, preprocessingReason }: ModelSummary): Fact[] {
  return [
    ['Model', name],
    ['SHA-256 of the model', hash],
    ['Runtime', runtime],
    ['Preprocessing', preprocessingReason],
  ];
}
