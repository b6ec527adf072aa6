import path from 'node:path';
import {
  comparisonFacts,
  comparisonSentences,
  comparisonTables,
} from '../core/experiments/correspondence/report';
import { deltaChart, deltaRows } from '../core/experiments/correspondence/result';
import { summariseDeltas } from '../core/experiments/correspondence/summary';
import { partNames } from '../core/formats/partChanges';
import { DEFAULT_SIZE, parseParts } from '../core/formats/parts';
import type { CorrespondencePlan, CorrespondenceStep } from '../protocol/correspondence';
import { readRegularFile } from '../engine/modelFiles';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { modelFacts, writeExperiment } from './writeExperiment';

export interface CorrespondenceOptions {
  readonly model?: string;
  /** `parts.json` beside the pictures that it names. */
  readonly parts: string;
  readonly part?: readonly string[];
  readonly layers?: readonly string[];
  readonly size?: number;
  readonly draws: number;
  readonly seed: number;
  readonly out: string;
}

const { signal } = new AbortController();

/** Compares what hiding the same part changes in every picture of a set, as table 1 does. */
export async function compareToFiles(
  options: CorrespondenceOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const folder = path.resolve(options.out);
  const file = path.resolve(options.parts);
  const text = new TextDecoder().decode(await readRegularFile(file));
  const annotated = parseParts(text, path.basename(file));
  const parts = options.part ?? partNames(annotated);
  const { draws, seed, layers } = options;
  const size = options.size ?? annotated.size ?? DEFAULT_SIZE;
  let plan: CorrespondencePlan | undefined;
  const steps: CorrespondenceStep[] = [];
  await service.handlers.correspondence(
    {
      model,
      images: annotated.images.map((image) => ({
        image: path.join(path.dirname(file), image.file),
        parts: Object.fromEntries(image.parts),
      })),
      parts,
      size,
      draws,
      seed,
      ...(layers && { layers }),
    },
    {
      signal,
      progress: async (value) => {
        if (value.kind === 'plan') plan = value.plan;
        else progress(`${steps.push(value.step)} of ${parts.length + draws}`);
      },
    },
  );
  const { layers: names, images, modelHash, notes } = plan!;
  const deltas = summariseDeltas(steps, names);
  const summary = await service.models.use(model, async (open) => open.summary);
  const comparison = { images, parts, size, draws, seed, deltas };
  const sentences = comparisonSentences(comparison);
  const tables = comparisonTables(comparison);
  const { head, rows } = tables[0]!;
  await writeExperiment(folder, {
    name: 'correspondence',
    title: `Correspondence of parts in ${summary.name}`,
    facts: [...modelFacts(summary), ...comparisonFacts(comparison)],
    summary: [...sentences, ...notes],
    pictures: [{ name: 'correspondence', caption: 'Δ ± standard deviation over pairs of pictures', options: deltaChart(deltas) }], // prettier-ignore
    tables,
    rows: deltaRows(deltas),
    json: { model, modelHash, ...comparison },
  });
  return {
    json: { model, out: folder, images: images.length, layers: deltas.length },
    text: [[head, ...rows].map((row) => row.join('\t')), sentences, folder, ''].flat().join('\n'),
    warnings: [...summary.warnings, ...notes],
  };
}
