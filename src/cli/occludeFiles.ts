import path from 'node:path';
import { followedName, mapName } from '../core/experiments/occlusion/plan';
import {
  cellsOver,
  labelCells,
  rangeOf,
  rangeText,
  valueCells,
} from '../core/experiments/occlusion/pictures';
import { cellTable, labelLegend, occlusionFacts, summaryTables } from '../core/experiments/occlusion/report';
import { activityOf, type SweepResult } from '../core/experiments/occlusion/result';
import { summarySentences } from '../core/experiments/occlusion/sentences';
import { summarise } from '../core/experiments/occlusion/summary';
import { windowAt } from '../core/experiments/occlusion/windows';
import { writeNpy } from '../core/formats/npy';
import { labelColours } from '../core/imaging/labelColours';
import { asPicture } from '../core/imaging/preprocess';
import type { Picture } from '../core/imaging/preprocessing';
import type { LegendEntry } from '../core/report/experimentReport';
import { number, percent } from '../core/report/numbers';
import type { Recorded } from '../engine/recorded';
import type { OcclusionPlan } from '../protocol/occlusion';
import { writeInto } from './project';
import { modelFacts, writeExperiment, type WrittenPicture } from './writeExperiment';

/** A sweep that has come to its end. */
export interface Swept {
  readonly plan: OcclusionPlan;
  readonly result: SweepResult;
}

/** How the maps are laid over the picture. */
const OPACITY = 0.75;

/** A number for each window, its picture, and what `result.json` says of the picture's colours. */
interface SweepMap {
  readonly name: string;
  readonly caption: string;
  readonly values: Float32Array | Int32Array;
  readonly cells: Picture;
  readonly legend?: readonly LegendEntry[];
  readonly described: object;
}

/**
 * Writes a sweep into a folder: `result.json`, `occlusion.csv`, `report.html`, and of each map the numbers of `[rows, columns]`
 * and the picture. Returns what `result.json` holds.
 */
export async function writeSweep(
  folder: string,
  { model, input }: Recorded,
  { plan, result, ...subject }: Swept & { readonly model: string; readonly image: string },
): Promise<object> {
  const picture = asPicture(input, model.summary.preprocessing);
  const maps = sweepMaps({ plan, result });
  for (const { name, values } of maps) await writeValues(path.join(folder, `${name}.npy`), values, plan);
  const drawn = maps.map(({ name, caption, cells, legend }): WrittenPicture => {
    const pixels = cellsOver(picture, cells, plan.grid, OPACITY);
    return { name, caption, pixels, ...(legend && { legend }) };
  });
  const cells = cellTable({ plan, result });
  const pictures = Object.fromEntries(maps.map(({ name, described }) => [name, { image: `${name}.png`, ...described }])); // prettier-ignore
  const json = { ...subject, ...describe({ plan, result }), pictures };
  await writeExperiment(folder, {
    name: 'occlusion',
    title: `Occlusion sweep of ${path.basename(subject.image)} in ${model.summary.name}`,
    facts: [
      ...modelFacts(model.summary),
      ['Picture', path.basename(subject.image)],
      ...occlusionFacts({ plan, result }),
    ],
    summary: summarySentences({ plan, result }),
    pictures: [{ name: 'input', caption: 'Picture as the network sees it', pixels: picture }, ...drawn],
    tables: [...summaryTables({ plan, result }), cells],
    rows: [cells.head, ...cells.rows],
    json,
  });
  return json;
}

async function writeValues(file: string, data: SweepMap['values'], { grid }: OcclusionPlan): Promise<void> {
  const dims = [grid.rows, grid.columns];
  const array = data instanceof Int32Array ? ({ type: 'int32', data, dims } as const) : ({ type: 'float32', data, dims } as const); // prettier-ignore
  await writeInto(file, writeNpy(array));
}

/** The activity of every watched map, and what the classifier makes of the windows where there is one. */
function sweepMaps({ plan, result }: Swept): SweepMap[] {
  const heat = (
    name: string,
    title: string,
    values: Float32Array,
    say: (value: number) => string,
  ): SweepMap => {
    const range = rangeOf(values);
    const caption = `${title}: ${rangeText(range, say)}`;
    return { name, caption, values, cells: valueCells(result, values, range), described: range };
  };
  const activities = plan.maps.map((choice, column) =>
    heat(activityFile(column), `Activity of ${mapName(choice)}`, activityOf(result, column), number),
  );
  const followed = followedName(plan);
  if (followed === null) return activities;
  return [
    ...activities,
    heat('probability', `Probability of ${followed}`, result.probability, percent),
    labelMap({ plan, result }),
  ];
}

/** `activity`, and for further watched maps `activity-2`, `activity-3`: labels of layers may hold what files' names must not. */
function activityFile(column: number): string {
  return column === 0 ? 'activity' : `activity-${column + 1}`;
}

function labelMap({ plan, result }: Swept): SweepMap {
  const colours = labelColours();
  // The first colour is that of the clean picture's class, as in the panel.
  colours(plan.clean.label[0]!);
  const cells = labelCells(result, colours);
  const { labels } = summarise(result, plan.clean);
  return {
    name: 'label',
    caption: 'Most probable class',
    values: result.label,
    cells,
    legend: labelLegend({ plan, result }, colours),
    described: {
      colours: labels.map(({ label }) => ({ label, name: plan.labels[label], colour: colours(label) })),
    },
  };
}

/** The settings with everything that was left open decided, and what came out. */
function describe({ plan, result }: Swept) {
  const { grid, fill, maps, label, labels, clean, modelHash } = plan;
  const { probability, activities, labels: shares, decisive, measured } = summarise(result, clean);
  const at = (drop: { readonly window: number } | null) =>
    drop && { ...drop, at: windowAt(grid, drop.window) };
  return {
    modelHash,
    grid,
    fill,
    maps: maps.map((choice, column) => ({
      ...choice,
      clean: clean.activity[column],
      largestDrop: at(activities[column]!),
      file: activityFile(column),
    })),
    label,
    labelName: label === null ? null : labels[label],
    clean: { probability: clean.probability[0] ?? null, label: clean.label[0] ?? null },
    windows: measured,
    largestDrop: at(probability),
    decisiveShare: label === null ? null : decisive / measured,
    labels: shares.map((share) => ({ ...share, name: labels[share.label] })),
  };
}
