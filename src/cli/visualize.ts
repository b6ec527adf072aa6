import path from 'node:path';
import { asPicture } from '../core/imaging/preprocess';
import { projectUnits } from '../engine/projectUnits';
import type { Recorded } from '../engine/recorded';
import type { LayerSummary, ProjectedUnit } from '../protocol/model';
import { modelPath } from './options';
import type { Printed, Session } from './command';
import { strongestMaps, writeInto } from './project';
import { renderReport, type ReportLayer } from './report';

export interface VisualizeOptions {
  readonly model?: string;
  readonly image: string;
  readonly top: number;
  readonly out: string;
}

const { signal } = new AbortController();

/** Writes a report of every layer: its strongest feature maps, each as projection and image patch. */
export async function visualizeToFile(
  options: VisualizeOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const image = path.resolve(options.image);
  const out = path.resolve(options.out);
  const recorded = await service.recordings.of({ model, image }, { signal });
  const { summary } = recorded.model;
  const layers: ReportLayer[] = [];
  for (const [index, layer] of summary.layers.entries()) {
    progress(`${layer.label} (${index + 1} of ${summary.layers.length})`);
    const { maxima, inactive } = recorded.layers[index]!;
    layers.push({
      summary: layer,
      inactive,
      units: await projectLayer(recorded, layer, strongestMaps(maxima, options.top)),
    });
  }
  const { top, input } = recorded;
  const warnings = [...summary.warnings, ...recorded.warnings];
  const report = await renderReport({
    model: summary,
    image: path.basename(image),
    input: asPicture(input, summary.preprocessing),
    top,
    warnings,
    layers,
  });
  await writeInto(out, report);
  const counted = layers.map(({ summary: { label }, units }) => ({ label, units: units.length }));
  return { json: { model, image, out, layers: counted }, text: `${out}\n`, warnings };
}

async function projectLayer(
  recorded: Recorded,
  layer: LayerSummary,
  maps: readonly number[],
): Promise<ProjectedUnit[]> {
  if (layer.faithfulness.deconvnet.status === 'refused') return [];
  const units = maps.map((map) => ({ map }));
  const projected: ProjectedUnit[] = [];
  const request = { layer: layer.label, units, method: 'deconvnet' } as const;
  for await (const { unit } of projectUnits(recorded, request, signal)) projected.push(unit);
  return projected.filter(({ status }) => status === 'ok');
}
