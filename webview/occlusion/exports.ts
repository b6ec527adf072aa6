import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
import type { RecordingSummary } from '../../src/protocol/model';
import type { Exports } from '../shared/exportBar';
import { baseName } from '../shared/baseName';
import { modelFacts } from '../shared/modelFacts';
import { sheetOf } from '../shared/sheet';
import type { Shot } from './mapViews';
import { mapName } from './names';
import { labelText } from '../shared/labels';
import { pairText } from './settings';
import { strings } from './strings';
import type { Sweep } from './sweep';
import { cellTable, labelTable } from './tables';
import { summarySentences } from './words';

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

function facts({ recording, sweep: { plan, done, result } }: Exported): Fact[] {
  const { report } = strings;
  return [
    ...modelFacts(recording),
    [report.size, pairText(plan.grid.size)],
    [report.stride, pairText(plan.grid.stride)],
    [report.fill, typeof plan.fill === 'string' ? plan.fill : `rgb(${plan.fill.join(', ')})`],
    ...(plan.label === null ? [] : [[report.followed, labelText(plan.label, plan.labels)] as const]),
    [report.maps, plan.maps.map(mapName).join(', ')],
    [report.windows, `${done} of ${result.done.length}`],
    [report.order, report.orderValue],
    ...plan.notes.map((note) => ['', note] as const),
  ];
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

function asReport(exported: Exported): string {
  const { recording, sweep, shots } = exported;
  const labels = labelTable(sweep);
  return experimentReport({
    title: strings.report.title(baseName(recording.image), recording.model.name),
    facts: facts(exported),
    summary: summarySentences(sweep),
    pictures: shots.map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL('image/png') })),
    tables: [...(labels ? [labels] : []), cellTable(sweep)],
  });
}
