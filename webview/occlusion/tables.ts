import { doneWindows } from '../../src/core/experiments/occlusion/result';
import { windowAt } from '../../src/core/experiments/occlusion/windows';
import type { ReportTable } from '../../src/core/report/experimentReport';
import { percent } from '../shared/numbers';
import { mapName } from './names';
import { strings } from './strings';
import type { Sweep } from './sweep';
import { summaryOf } from './words';

/** The most probable classes and how many windows have each; `null` without a classifier. */
export function labelTable(sweep: Sweep): ReportTable | null {
  const { plan } = sweep;
  if (plan.label === null) return null;
  const { labels, measured } = summaryOf(sweep);
  const { columns, table } = strings.summary;
  return {
    caption: table,
    head: [columns.label, columns.windows, columns.share],
    rows: labels.map(({ label, windows }) => [plan.labels[label]!, windows, percent(windows / measured)]),
  };
}

/** A row for every measured window: its place and its numbers. */
export function cellTable({ plan, result }: Sweep): ReportTable {
  const { cellColumns: names, cells } = strings.summary;
  const isClassifier = plan.label !== null;
  const head = [names.row, names.column, names.top, names.left, names.height, names.width];
  if (isClassifier) head.push(names.probability, names.label, names.labelName, names.labelProbability);
  head.push(...plan.maps.map(mapName));
  const rows = Array.from(doneWindows(result), (window) => {
    const { top, left, height, width } = windowAt(plan.grid, window);
    const { columns } = plan.grid;
    const row: (string | number)[] = [
      Math.floor(window / columns),
      window % columns,
      top,
      left,
      height,
      width,
    ];
    if (isClassifier) {
      const label = result.label[window]!;
      row.push(result.probability[window]!, label, plan.labels[label]!, result.labelProbability[window]!);
    }
    row.push(...result.activity.subarray(window * result.maps, (window + 1) * result.maps));
    return row;
  });
  return { caption: cells, head, rows };
}
