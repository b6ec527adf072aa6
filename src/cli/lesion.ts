import path from 'node:path';
import {
  lesionChart,
  lesionName,
  lesionRows,
  rankByDrop,
  type LesionEffect,
} from '../core/experiments/lesionResult';
import type { LesionAnswer, LesionMode, LesionPlan, LesionRequest } from '../protocol/lesion';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { modelFacts, writeExperiment } from './writeExperiment';

export interface LesionOptions {
  readonly model?: string;
  readonly image: string;
  readonly layer?: string;
  readonly map?: readonly number[];
  readonly mode: LesionMode;
  readonly label?: number;
  readonly out: string;
}

const { signal } = new AbortController();

/** Lines of the ranking that are printed. */
const SHOWN = 20;

/** Switches layers or feature maps off and writes how the probability of a class moves. */
export async function lesionToFiles(
  options: LesionOptions,
  { service, progress }: Session,
): Promise<Printed> {
  const model = modelPath(options.model);
  const image = path.resolve(options.image);
  const folder = path.resolve(options.out);
  const { mode, label } = options;
  let plan: LesionPlan | undefined;
  const answers: LesionAnswer[] = [];
  await service.handlers.lesion(
    { model, image, mode, lesions: wanted(options), ...(label !== undefined && { label }) },
    {
      signal,
      progress: async (value) => {
        if (value.kind === 'plan') plan = value.plan;
        else progress(`${answers.push(...value.answers)} of ${plan!.steps}`);
      },
    },
  );
  const { labels, lesions, clean, notes, modelHash, label: followed } = plan!;
  const effects = answers.map(({ probability, top }, index): LesionEffect => {
    return { name: lesionName(lesions[index]!), probability, top: labels[top[0]!]! };
  });
  const summary = await service.models.use(model, async (open) => open.summary);
  const [head, ...rows] = lesionRows(effects, clean.probability);
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const ranked = rankByDrop(effects).map((index) => effects[index]!);
  const sentence = `${labels[followed]} has ${percent(clean.probability)} with nothing switched off.`;
  await writeExperiment(folder, {
    name: 'lesion',
    title: `Lesions of ${summary.name}`,
    facts: [
      ...modelFacts(summary),
      ['Picture', path.basename(image)],
      ['Class', labels[followed]!],
      ['Maps become', mode === 'zero' ? 'zero' : 'their mean'],
    ],
    summary: [sentence, ...notes],
    pictures: [
      {
        name: 'lesion',
        caption: 'The largest drops',
        options: lesionChart(effects, clean.probability, labels[followed]!),
      },
    ],
    tables: [{ caption: 'Ranked by the drop of the probability', head: head!.map(String), rows }],
    rows: [head!, ...rows],
    json: { model, modelHash, image, mode, label: followed, clean, lesions, answers },
  });
  const lines = ranked.slice(0, SHOWN).map(({ name, probability, top }) => `${percent(probability)}\t${name}\t${top}`); // prettier-ignore
  return {
    json: { model, out: folder, lesions: effects.length },
    text: [sentence, ...lines, folder, ''].join('\n'),
    warnings: [...summary.warnings, ...notes],
  };
}

/** Named maps together; every map of a named layer; or every layer. */
function wanted({ layer, map }: LesionOptions): LesionRequest['lesions'] {
  if (layer === undefined) return 'layers';
  return map === undefined ? { mapsOf: layer } : [[{ layer, maps: map }]];
}
