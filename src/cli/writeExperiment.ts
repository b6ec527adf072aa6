import path from 'node:path';
import type { PlotOptions } from '@observablehq/plot';
import type { Picture } from '../core/imaging/preprocessing';
import { csv } from '../core/report/csv';
import {
  experimentReport,
  type ExperimentReport,
  type Fact,
  type ReportPicture,
} from '../core/report/experimentReport';
import { encodePng } from '../engine/encodePicture';
import type { ModelSummary } from '../protocol/model';
import { chartPng, dataUri } from './chart';
import { writeInto } from './project';

export interface WrittenExperiment extends Omit<ExperimentReport, 'pictures'> {
  /** Of the CSV file, without its ending. */
  readonly name: string;
  readonly pictures: readonly WrittenPicture[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly json: unknown;
}

/** A chart or pixels, with the name of its file without the ending. */
export type WrittenPicture = Omit<ReportPicture, 'source'> & { readonly name: string } & (
    { readonly options: PlotOptions } | { readonly pixels: Picture }
  );

/** Writes `result.json`, `<name>.csv`, each picture as a PNG file, and `report.html` into a folder. */
export async function writeExperiment(folder: string, experiment: WrittenExperiment): Promise<void> {
  const { name, rows, json } = experiment;
  const write = (file: string, content: string | Uint8Array) => writeInto(path.join(folder, file), content);
  const pictures: ReportPicture[] = [];
  for (const picture of experiment.pictures) {
    const png = 'options' in picture ? await chartPng(picture.options) : await encodePng(picture.pixels);
    await write(`${picture.name}.png`, png);
    const { caption, legend } = picture;
    pictures.push({ caption, source: dataUri(png), ...(legend && { legend }) });
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
