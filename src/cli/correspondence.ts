import path from 'node:path';
import {
  deltaChart,
  deltaRows,
  deltaTable,
  paperTable,
  RANDOM,
} from '../core/experiments/correspondence/result';
import { summariseDeltas } from '../core/experiments/correspondence/summary';
import { parseParts } from '../core/formats/parts';
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
const DEFAULT_SIZE = 32;

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
  const parts = options.part ?? [...new Set(annotated.images.flatMap((image) => [...image.parts.keys()]))];
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
  const table = deltaTable(deltas);
  const head = ['layer', ...parts, RANDOM, 'against random'];
  await writeExperiment(folder, {
    name: 'correspondence',
    title: `Correspondence of parts in ${summary.name}`,
    facts: [
      ...modelFacts(summary),
      ['Pictures', images.join(', ')],
      ['Square', `${size} pixels of the network's input, grey 128`],
      ['Random control', `${draws} draws, seed ${seed}, never over a part`],
    ],
    summary: notes,
    charts: [{ name: 'correspondence', caption: 'Δ ± standard deviation over pairs of pictures', options: deltaChart(deltas) }], // prettier-ignore
    tables: [
      {
        caption: 'Δ ± standard deviation, and the probability to find it at random places',
        head,
        rows: table,
      },
      { caption: 'The paper, table 1', head: ['part', 'layer 5', 'layer 7'], rows: paperTable },
    ],
    rows: deltaRows(deltas),
    json: { model, modelHash, images, parts, size, draws, seed, deltas },
  });
  return {
    json: { model, out: folder, images: images.length, layers: deltas.length },
    text: `${[head, ...table].map((row) => row.join('\t')).join('\n')}\n${folder}\n`,
    warnings: [...summary.warnings, ...notes],
  };
}
