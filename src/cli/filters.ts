import path from 'node:path';
import { encodePng } from '../engine/encodePicture';
import { reportFilters } from '../engine/filters';
import type { FilterReport, FiltersRequest } from '../protocol/model';
import { modelPath } from './options';
import type { Printed, Session } from './command';
import { writeInto } from './project';

export interface FiltersOptions extends Omit<FiltersRequest, 'model'> {
  readonly model?: string;
  readonly out: string;
}

/** Writes the filters of one layer into a folder: `filters.png`, where they can be shown, and `result.json`. */
export async function filtersToFiles(
  { model: named, out, ...request }: FiltersOptions,
  { service }: Session,
): Promise<Printed> {
  const model = modelPath(named);
  const folder = path.resolve(out);
  const report = await service.models.use(model, async (open) => reportFilters(open, request));
  const { sheet, layer } = report;
  if (sheet) await writeInto(path.join(folder, 'filters.png'), await encodePng(sheet.picture));
  const result = { model, ...described(report) };
  const file = path.join(folder, 'result.json');
  await writeInto(file, `${JSON.stringify(result, null, 2)}\n`);
  const refused = `${layer} sees a vector of features, which have no places in a picture: only numbers were written.`;
  return { json: result, text: `${file}\n`, warnings: sheet ? [] : [refused] };
}

/** The report with its picture as the name of a file, and its arrays as lists. */
function described({ sheet, statistics, ...report }: FilterReport) {
  const { kind, columns, zoom, tile, shown } = sheet ?? {};
  return {
    ...report,
    sheet: sheet && { image: 'filters.png', kind, columns, zoom, tile, shown },
    statistics: { ...statistics, rms: Array.from(statistics.rms) },
  };
}
