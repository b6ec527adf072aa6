import type { LabelColours } from '../../imaging/labelColours';
import type { Fact, LegendEntry, ReportTable } from '../../report/experimentReport';
import { number, percent } from '../../report/numbers';
import { followedName, labelName, mapName } from './plan';
import { doneWindows } from './result';
import type { MeasuredSweep } from './sentences';
import { summarise, type LargestDrop } from './summary';
import { windowAt } from './windows';

/** Everything that it takes to sweep again, beside the model and the picture. */
export function occlusionFacts({ plan, result }: MeasuredSweep): Fact[] {
  const { grid, fill, label, labels, maps, notes } = plan;
  return [
    ['Square, pixels', pairText(grid.size)],
    ['Stride, pixels', pairText(grid.stride)],
    ['Fill', typeof fill === 'string' ? fill : `rgb(${fill.join(', ')})`],
    ...(label === null ? [] : [['Followed class', `${label}: ${labels[label] ?? ''}`] as const]),
    ['Watched feature maps', maps.map(mapName).join(', ')],
    ['Windows measured', `${doneWindows(result).length} of ${result.done.length}`],
    ['Order', 'coarse to fine, nothing random'],
    ...notes.map((note) => ['', note] as const),
  ];
}

/** One number where both are equal, else height x width. */
export function pairText([y, x]: readonly [number, number]): string {
  return y === x ? String(y) : `${y} × ${x}`;
}

/** The tables that sum a sweep up; the second only of a classifier. */
export function summaryTables(sweep: MeasuredSweep): ReportTable[] {
  const labels = labelTable(sweep);
  return [dropTable(sweep), ...(labels ? [labels] : [])];
}

/** For the followed class and each watched map: the window that lowers it most. A dash where none does. */
export function dropTable({ plan, result }: MeasuredSweep): ReportTable {
  const { probability, activities } = summarise(result, plan.clean);
  const followed = followedName(plan);
  const row = (name: string, drop: LargestDrop | null, say: (value: number) => string) => {
    if (!drop) return [name, ...Array<string>(5).fill('–')];
    const { top, left, height, width } = windowAt(plan.grid, drop.window);
    const lost = drop.clean > 0 ? percent(1 - drop.hidden / drop.clean) : '–';
    const span = (start: number, length: number) => `${start} to ${start + length - 1}`;
    return [name, say(drop.clean), say(drop.hidden), lost, span(top, height), span(left, width)];
  };
  return {
    caption: 'Largest drops',
    head: ['Measured', 'Whole picture', 'Hidden', 'Lost', 'Rows', 'Columns'],
    rows: [
      ...(followed === null ? [] : [row(`Probability of ${followed}`, probability, percent)]),
      ...activities.map((drop, column) => row(`Activity of ${mapName(plan.maps[column]!)}`, drop, number)),
    ],
  };
}

/** The most probable classes and how many windows have each; `null` without a classifier. */
export function labelTable({ plan, result }: MeasuredSweep): ReportTable | null {
  if (plan.label === null) return null;
  const { labels, measured } = summarise(result, plan.clean);
  return {
    caption: 'Most probable classes',
    head: ['Class', 'Windows', 'Share'],
    rows: labels.map(({ label, windows }) => [plan.labels[label]!, windows, percent(windows / measured)]),
  };
}

/** Classes that a legend names; the table has all. */
const NAMED = 12;

/** The colours of the most frequent classes, most frequent first. */
export function labelLegend({ plan, result }: MeasuredSweep, colours: LabelColours): LegendEntry[] {
  const { labels } = summarise(result, plan.clean);
  const named = labels.slice(0, NAMED);
  return named.map(({ label }) => ({ colour: colours(label), name: labelName(plan.labels, label) }));
}

/** A row for every measured window: its place and its numbers. */
export function cellTable({ plan, result }: MeasuredSweep): ReportTable {
  const head = ['Row', 'Column', 'Top', 'Left', 'Height', 'Width'];
  if (plan.label !== null) head.push('Probability', 'Class', 'Class name', 'Its probability');
  head.push(...plan.maps.map(mapName));
  const rows = Array.from(doneWindows(result), (window) => cellRow({ plan, result }, window));
  return { caption: 'All cells', head, rows };
}

function cellRow({ plan, result }: MeasuredSweep, window: number): (string | number)[] {
  const { columns } = plan.grid;
  const { top, left, height, width } = windowAt(plan.grid, window);
  const row: (string | number)[] = [Math.floor(window / columns), window % columns, top, left, height, width];
  if (plan.label !== null) {
    const label = result.label[window]!;
    row.push(result.probability[window]!, label, plan.labels[label]!, result.labelProbability[window]!);
  }
  row.push(...result.activity.subarray(window * result.maps, (window + 1) * result.maps));
  return row;
}
