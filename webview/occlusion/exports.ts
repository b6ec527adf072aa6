import { cellTable, occlusionFacts, summaryTables } from '../../src/core/experiments/occlusion/report';
import { summarySentences } from '../../src/core/experiments/occlusion/sentences';
import { csv } from '../../src/core/report/csv';
import { experimentReport } from '../../src/core/report/experimentReport';
import type { RecordingSummary } from '../../src/protocol/model';
import type { Exports } from '../shared/exportBar';
import { baseName } from '../shared/baseName';
import { modelFacts } from '../shared/modelFacts';
import { sheetOf } from '../shared/sheet';
import type { Shot } from './mapViews';
import { strings } from './strings';
import type { Sweep } from './sweep';

/** What is exported: all of it is there as soon as a sweep has a plan. */
export interface Exported {
  readonly recording: RecordingSummary;
  readonly sweep: Sweep;
  readonly shots: readonly Shot[];
}

export function createExports(current: () => Exported): Exports {
  return {
    name: () => `${baseName(current().recording.image).replace(/\.[^.]+$/, '')}-occlusion`,
    png: () => sheetOf(current().shots),
    csv: () => {
      const { head, rows } = cellTable(current().sweep);
      return csv([head, ...rows]);
    },
    json: () => asJson(current()),
    html: () => asReport(current()),
  };
}

/** Settings, the measurements of the whole picture, and one entry for each measured window. */
function asJson(exported: Exported): unknown {
  const { recording, sweep } = exported;
  const { plan } = sweep;
  const { head, rows } = cellTable(sweep);
  return {
    model: recording.model.path,
    modelHash: plan.modelHash,
    runtime: recording.model.runtime,
    image: recording.image,
    preprocessing: recording.model.preprocessing,
    grid: plan.grid,
    fill: plan.fill,
    label: plan.label,
    maps: plan.maps,
    clean: Object.fromEntries(
      Object.entries(plan.clean)
        .filter(([name]) => name !== 'windows')
        .map(([name, values]) => [name, Array.from(values as Float32Array)]),
    ),
    summary: summarySentences(sweep),
    columns: head,
    cells: rows,
  };
}

function asReport({ recording, sweep, shots }: Exported): string {
  return experimentReport({
    title: strings.report.title(baseName(recording.image), recording.model.name),
    facts: [...modelFacts(recording), ...occlusionFacts(sweep)],
    summary: summarySentences(sweep),
    pictures: shots.map(({ caption, range, legend, canvas }) => ({
      caption: range === undefined ? caption : `${caption}: ${range}`,
      source: canvas.toDataURL('image/png'),
      ...(legend && { legend }),
    })),
    tables: [...summaryTables(sweep), cellTable(sweep)],
  });
}
