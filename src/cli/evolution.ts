import path from 'node:path';
import { settledFrom } from '../core/experiments/evolution/convergence';
import type { LayerSummary, ProjectedUnit } from '../protocol/model';
import { cutPatch, projectionPicture } from '../core/imaging/display';
import type { Picture } from '../core/imaging/preprocessing';
import { tileGrid } from '../core/imaging/tileGrid';
import { encodePng } from '../engine/encodePicture';
import { compareCheckpoints } from '../engine/evolution/compareCheckpoints';
import type { Convergence, EvolutionCell, EvolutionPlan, EvolutionRequest } from '../protocol/evolution';
import type { ScanProblem } from '../protocol/topActivations';
import type { Printed, Session } from './command';
import { writeInto } from './project';

export interface EvolutionOptions {
  readonly models: string;
  readonly images: string;
  readonly layers?: readonly string[];
  readonly maps: number;
  readonly seed: number;
  readonly contrast: 'tile' | 'map';
  readonly out: string;
}

const { signal } = new AbortController();

/** From this correlation with the last filters on a layer counts as settled. */
const SETTLED = 0.9;

/** Small receptive fields are enlarged to about this many pixels. */
const TILE = 96;

/** Frames a tile whose picture is another one than at the epoch before. */
const CHANGED: Colour = [255, 190, 0];

/**
 * Writes how feature maps changed during training: a sheet for each layer, features down and epochs across, the curves as
 * CSV, and `result.json`.
 */
export async function evolutionToFiles(
  options: EvolutionOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const folder = path.resolve(options.out);
  const { models, images, layers, maps, seed } = options;
  const request: EvolutionRequest = {
    models: path.resolve(models),
    images: path.resolve(images),
    maps,
    seed,
    ...(layers && { layers }),
  };
  const comparing = compareCheckpoints(service, request, signal);
  let plan: EvolutionPlan | undefined;
  const cells: EvolutionCell[] = [];
  const problems: ScanProblem[] = [];
  let step = await comparing.next();
  for (; !step.done; step = await comparing.next()) {
    if (step.value.kind === 'plan') plan = step.value.plan;
    else cells.push(...step.value.cells);
    problems.push(...step.value.problems);
    progress(
      `${new Set(cells.map(({ checkpoint }) => checkpoint)).size} of ${plan!.checkpoints.length} models`,
    );
  }
  const epochs = plan!.checkpoints.map(({ name, epoch }) => epoch ?? name);
  const model = await service.models.use(plan!.checkpoints.at(-1)!.file, async ({ summary }) => summary);
  const [, height, width] = model.inputShape;
  for (const { label } of plan!.layers) {
    const layer = model.layers.find((known) => known.label === label)!;
    const sheet = layerSheet(plan!, cells, layer, { input: { height, width }, contrast: options.contrast });
    await writeInto(path.join(folder, `${fileName(label)}.png`), await encodePng(sheet));
  }
  const curves = step.value.map((curve) => ({ ...curve, settled: settledEpoch(curve, epochs) }));
  await writeInto(path.join(folder, 'convergence.csv'), toCsv(step.value, epochs));
  const result = { ...request, epochs, layers: curves, units: describeCells(cells, epochs), problems };
  await writeInto(path.join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  return {
    json: result,
    text: summarise(curves),
    warnings: [...model.warnings, ...problems.map(({ problem }) => problem)],
  };
}

function settledEpoch(
  { filters }: Convergence,
  epochs: readonly (number | string)[],
): number | string | null {
  const from = settledFrom(filters, SETTLED);
  return from === null ? null : epochs[from]!;
}

interface SheetOptions {
  readonly input: { readonly height: number; readonly width: number };
  readonly contrast: EvolutionOptions['contrast'];
}

/** Features down, epochs across, as figure 4. */
function layerSheet(
  { checkpoints, layers }: EvolutionPlan,
  cells: readonly EvolutionCell[],
  { label, receptiveField }: LayerSummary,
  { input, contrast }: SheetOptions,
): Picture {
  const { maps } = layers.find((layer) => layer.label === label)!;
  const [fieldHeight, fieldWidth] = receptiveField.size;
  const size = { height: Math.min(fieldHeight, input.height), width: Math.min(fieldWidth, input.width) };
  const columns = checkpoints.length;
  const at = (map: number, checkpoint: number): EvolutionCell | undefined =>
    cells.find((cell) => cell.layer === label && cell.map === map && cell.checkpoint === checkpoint);
  const tile = (index: number): Picture => {
    const map = maps[Math.floor(index / columns)]!;
    const row = checkpoints.map((_, checkpoint) => at(map, checkpoint));
    const cell = row[index % columns];
    const strongest = Math.max(...row.map((other) => other?.unit?.tile?.quantile ?? 0));
    const own = cell?.unit?.tile?.quantile ?? 0;
    const picture = unitPicture(cell?.unit ?? null, {
      ...size,
      input,
      scale: contrast === 'tile' ? own : strongest,
    });
    const before = row[(index % columns) - 1];
    return before?.image && cell?.image && before.image !== cell.image ? framed(picture, CHANGED) : picture;
  };
  const zoom = Math.max(1, Math.round(TILE / Math.max(size.height, size.width)));
  return tileGrid(maps.length * columns, size, tile, { columns, zoom, gap: 2 });
}

function unitPicture(
  unit: ProjectedUnit | null,
  { height, width, input, scale }: Picked & { readonly scale: number },
): Picture {
  const picture = unit && projectionPicture(unit, input, scale);
  if (!picture) {
    const nothing: Picture = { height: 0, width: 0, rgba: new Uint8Array(0) };
    return cutPatch(nothing, { top: 0, left: 0, height, width });
  }
  return picture;
}

interface Picked {
  readonly height: number;
  readonly width: number;
  readonly input: SheetOptions['input'];
}

type Colour = readonly [red: number, green: number, blue: number];

function framed({ height, width, rgba }: Picture, colour: Colour): Picture {
  const painted = rgba.slice();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = y > 0 && x > 0 && y < height - 1 && x < width - 1;
      if (!inside) painted.set(colour, 4 * (y * width + x));
    }
  }
  return { height, width, rgba: painted };
}

/** Labels of layers may hold slashes. */
function fileName(label: string): string {
  return label.replace(/[^\w.-]+/g, '_');
}

function toCsv(curves: readonly Convergence[], epochs: readonly (number | string)[]): string {
  const rows = curves.flatMap(({ label, filters, projections }) =>
    epochs.map((epoch, i) =>
      [csvField(label), epoch, filters[i]!.toFixed(4), projections[i]!.toFixed(4)].join(','),
    ),
  );
  return `${['layer,epoch,filters,projections', ...rows].join('\n')}\n`;
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function describeCells(cells: readonly EvolutionCell[], epochs: readonly (number | string)[]) {
  return cells.map(({ checkpoint, layer, map, image, unit }) => ({
    epoch: epochs[checkpoint],
    layer,
    map,
    image,
    position: unit?.position ?? null,
    activation: unit?.activation ?? 0,
  }));
}

function summarise(curves: readonly (Convergence & { readonly settled: number | string | null })[]): string {
  const lines = curves.map(({ label, settled }) =>
    settled === null ? `${label}  not settled` : `${label}  filters settled from epoch ${settled} on`,
  );
  return `${lines.join('\n')}\n`;
}
