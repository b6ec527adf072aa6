import path from 'node:path';
import {
  invarianceChart,
  invarianceQuantities,
  invarianceRows,
  type DistanceScale,
  type ImageCurve,
} from '../core/experiments/invarianceResult';
import { usualRanges, valuesOf, type Range } from '../core/experiments/invariance';
import { invarianceFacts, invarianceTable, steepnessSentences } from '../core/experiments/invarianceReport';
import type { Colour, TransformationKind } from '../core/imaging/transform';
import type { InvariancePlan, InvariancePoint } from '../protocol/invariance';
import type { Printed, Session } from './command';
import { modelPath } from './options';
import { modelFacts, writeExperiment } from './writeExperiment';

export interface InvarianceOptions {
  readonly model?: string;
  readonly images: readonly string[];
  readonly kinds: readonly TransformationKind[];
  readonly steps?: number;
  readonly fill: number;
  readonly layers?: readonly string[];
  readonly label?: number;
  readonly relative?: boolean;
  readonly out: string;
}

const { signal } = new AbortController();

/** Transforms pictures and writes how far their features move, as figure 5 shows it. */
export async function measureToFiles(options: InvarianceOptions, session: Session): Promise<Printed> {
  const model = modelPath(options.model);
  const folder = path.resolve(options.out);
  const summary = await session.service.models.use(model, async (open) => open.summary);
  const scale: DistanceScale = options.relative ? 'relative' : 'euclidean';
  const measured = [];
  for (const kind of options.kinds) {
    const range: Range = { ...usualRanges[kind], ...(options.steps && { steps: options.steps }) };
    const curves: (ImageCurve & Pick<InvariancePlan, 'notes'>)[] = [];
    for (const image of options.images) {
      session.progress(`${kind}: ${path.basename(image)}`);
      curves.push(await measureOne({ model, image: path.resolve(image), kind, range }, options, session));
    }
    measured.push({ kind, range, curves });
  }
  const all = measured.flatMap(({ curves }) => curves);
  const fill: Colour = [options.fill, options.fill, options.fill];
  const sentences = steepnessSentences(measured);
  await writeExperiment(folder, {
    name: 'invariance',
    title: `Feature invariance of ${summary.name}`,
    facts: [...modelFacts(summary), ...invarianceFacts(measured, { fill, scale })],
    summary: sentences,
    pictures: measured.flatMap(({ kind, range, curves }) =>
      invarianceQuantities(curves).map((quantity, index) => {
        const { title, options: chart } = invarianceChart(curves, quantity, {
          scale,
          range: [range.from, range.to],
        });
        return { name: `${kind}-${index}`, caption: title, options: chart };
      }),
    ),
    tables: [invarianceTable(measured)],
    rows: invarianceRows(all),
    json: { model, modelHash: summary.hash, fill: options.fill, measured },
  });
  const notes = [...new Set(all.flatMap((curve) => curve.notes))];
  return {
    json: { model, out: folder, curves: all.length },
    text: `${sentences.join('\n')}\n${folder}\n`,
    warnings: [...summary.warnings, ...notes],
  };
}

async function measureOne(
  subject: {
    readonly model: string;
    readonly image: string;
    readonly kind: TransformationKind;
    readonly range: Range;
  },
  { layers, label, fill }: InvarianceOptions,
  { service }: Session,
): Promise<ImageCurve & Pick<InvariancePlan, 'notes'>> {
  const { model, image, kind, range } = subject;
  let plan: InvariancePlan | undefined;
  const points: InvariancePoint[] = [];
  await service.handlers.invariance(
    { model, image, kind, values: valuesOf(range), fill: [fill, fill, fill], ...(layers && { layers }), ...(label !== undefined && { label }) }, // prettier-ignore
    {
      signal,
      progress: async (value) => {
        if (value.kind === 'plan') plan = value.plan;
        else points.push(value.point);
      },
    },
  );
  const { layers: names, label: followed, labels, notes } = plan!;
  const labelName = followed === null ? null : (labels[followed] ?? null);
  return { image: path.basename(image), kind, layers: names, labelName, points, notes };
}
